import { describe, expect, test } from "vitest";
import { measure } from "./measure";
import { wordsOf } from "./words";

describe("a figure with its unit", () => {
  for (const [value, unit, zh, en] of [
    [252, "s", "4 分 12 秒", "4 min 12 s"],
    [3.5, "s", "3.5 秒", "3.5 s"],
    [0, "s", "0 秒", "0 s"],
    [0.3, "share", "30%", "30%"],
    [0.015, "share", "1.5%", "1.5%"],
    [0.001, "share", "0.1%", "0.1%"],
    [1, "people", "1 人", "1 person"],
    [0.35, "size", "0.35 倍框边", "0.35 × its box"],
    [1, "sigma", "1 倍标准差", "1 σ"],
    [0.4, "m²", "0.4 m²", "0.4 m²"],
    [0.1 + 0.2, "m", "0.3 m", "0.3 m"],
    [12, "", "12", "12"],
  ] as const) {
    test(`${value} ${unit}`, () => {
      expect([measure(wordsOf.zh, value, unit), measure(wordsOf.en, value, unit)]).toEqual([zh, en]);
    });
  }
});
