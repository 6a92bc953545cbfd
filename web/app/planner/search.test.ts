import { describe, expect, test } from "vitest";
import grids from "../../testdata/grids.json" with { type: "json" };
import { GridCollection } from "../api/city";
import { splitCode } from "./code";
import { find } from "./search";

const [sample] = GridCollection.read(grids).features;
if (sample === undefined) throw new Error("the sample has no grid");
const grid = (code: string, name: string, street = "闻韶街道") => ({
  ...sample,
  properties: { ...sample.properties, code, name, street },
});
const city = [
  grid("370305002001001", "桓公路社区", "雪宫街道"),
  grid("370305001005001", "辛东社区"),
  grid("370305001900003", "桓公路"),
  grid("370305003002001", "东辛社区", "辛店街道"),
];
const codes = (text: string) => find(city, text).map(({ properties }) => properties.code);

describe("the search", () => {
  test("of nothing gives everything by code", () => {
    expect(codes(" ")).toEqual(["370305001005001", "370305001900003", "370305002001001", "370305003002001"]);
  });

  for (const [name, text, want] of [
    ["a part of the name", "桓公", ["370305001900003", "370305002001001"]],
    ["the beginning of a code", "370305002", ["370305002001001"]],
    ["a street", "雪宫", ["370305002001001"]],
    ["the officer", "王队 桓公路", ["370305001900003", "370305002001001"]],
    ["names that begin so before those of a street", "辛", ["370305001005001", "370305003002001"]],
    ["digits that stand inside a code only", "900003", []],
    ["what is nowhere", "没有", []],
  ] as const) {
    test(`finds by ${name}`, () => {
      expect(codes(text)).toEqual(want);
    });
  }
});

test("a code has four parts", () => {
  expect(splitCode("370305001005002").map(({ digits }) => digits)).toEqual(["370305", "001", "005", "002"]);
});
