import { expect, test } from "vitest";
import { wordsOf } from "../../i18n/words";
import { matching, type Row, rowsOf } from "./rows";
import type { Things } from "./useThings";

const point = (lon: number) => ({ type: "Point" as const, coordinates: [lon, 36] });
const things: Things = {
  fences: [],
  permits: [
    {
      id: "night",
      name: "夜市",
      holder: "合作社",
      rules: ["vending"],
      area: null,
      hours: {},
      from: "2026-11-01T16:00:00Z",
      until: "2026-11-30T16:00:00Z",
      stall_m2: 2,
    },
  ],
  places: [
    { id: "p-1", name: "东门小学", class: "school", geometry: point(118), key: true, demo: false },
    { id: "p-2", name: "小学东门市场", class: "market", geometry: point(119), key: false, demo: false },
  ],
  classes: [
    { key: "school", name: "学校周边", name_en: "School surroundings" },
    { key: "market", name: "农贸市场", name_en: "Produce market" },
  ],
  rules: [],
};

test("a permit says whose it is, its last day, and whether it holds", () => {
  const noteAt = (moment: string) => rowsOf("permits", things, wordsOf.zh, Date.parse(moment))[0]?.note;
  expect(noteAt("2026-11-30T15:59:59Z")).toBe("合作社 · 至 2026-11-30 · 有效期内");
  expect(noteAt("2026-11-30T16:00:00Z")).toBe("合作社 · 至 2026-11-30 · 已过期");
});

test("places are found by class, name and id; names that begin with the text come first", () => {
  const rows = rowsOf("places", things, wordsOf.zh, 0);
  const ids = (text: string) => matching(rows, text).map(({ id }: Row) => id);
  expect(ids("学校")).toEqual(["p-1"]);
  expect(ids("小学")).toEqual(["p-2", "p-1"]);
  expect(ids("P-2")).toEqual(["p-2"]);
  expect(ids("东门 市场")).toEqual(["p-2"]);
  expect(ids(" ")).toEqual(["p-1", "p-2"]);
  expect(rows.map(({ mark }) => mark)).toEqual(["学", "农"]);
});
