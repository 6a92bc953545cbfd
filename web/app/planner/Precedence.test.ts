import { expect, test } from "vitest";
import { en } from "../i18n/en";
import { zh } from "../i18n/zh";
import { sentence } from "./Precedence";

const matter = (code: string) => ({ code, name: `事项${code}`, name_en: `Matter ${code}` });
const line = {
  matters: ["09*"],
  names: [matter("09001"), matter("09012")],
  places: [],
  net: "road" as const,
};

test("a line of the precedence is a sentence, with its places where it has some", () => {
  expect(sentence(line, zh, String)).toBe("依据：事项09001、事项09012，凡有路网网格处由路网负责。");
  const market = { ...line, places: ["market"] };
  expect(sentence(market, zh, () => "农贸市场")).toContain("，在农贸市场，");
  expect(sentence(market, en, () => "a market")).toContain(" in a market the road net answers");
});

test("many matters are counted, and one that the catalogue does not have keeps its code", () => {
  const many = { ...line, names: ["1", "2", "3", "4", "5"].map(matter) };
  expect(sentence(many, zh, String)).toContain("事项1、事项2、事项3等 5 种事项");
  expect(sentence({ ...line, names: [] }, zh, String)).toContain("依据：09*，");
});
