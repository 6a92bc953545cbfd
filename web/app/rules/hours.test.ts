import { describe, expect, test } from "vitest";
import { wordsOf } from "../i18n/words";
import { hoursText, isWindow, sameHours } from "./hours";

describe("hours in words", () => {
  for (const [name, hours, zh, en] of [
    ["none are always", {}, "全天", "always"],
    [
      "every day",
      { windows: [{ days: [], from: "06:00", to: "22:00" }] },
      "每天 06:00–22:00",
      "every day 06:00–22:00",
    ],
    [
      "over midnight, on some days",
      { windows: [{ days: [5, 1], from: "22:00", to: "06:00" }] },
      "一五 22:00–次日 06:00",
      "Mo Fr 22:00–next day 06:00",
    ],
    [
      "twice",
      {
        windows: [
          { from: "06:00", to: "08:00" },
          { from: "17:00", to: "24:00" },
        ],
      },
      "每天 06:00–08:00、每天 17:00–24:00",
      "every day 06:00–08:00, every day 17:00–24:00",
    ],
  ] as const) {
    test(name, () => {
      const own = JSON.parse(JSON.stringify(hours));
      expect([hoursText(own, wordsOf.zh), hoursText(own, wordsOf.en)]).toEqual([zh, en]);
    });
  }
});

test("a window has clock times; only the end may be 24:00", () => {
  const windows = [
    ["07:30", "24:00", true],
    ["00:00", "23:59", true],
    ["24:00", "06:00", false],
    ["7:30", "08:00", false],
    ["07:60", "08:00", false],
    ["", "08:00", false],
    ["07:00", "25:00", false],
  ] as const;
  for (const [from, to, good] of windows) expect(isWindow({ from, to }), `${from}–${to}`).toBe(good);
});

test("hours are the same however their days are written", () => {
  const a = { windows: [{ days: [1, 5], from: "22:00", to: "06:00" }] };
  expect(sameHours(a, { windows: [{ days: [5, 1], from: "22:00", to: "06:00" }] })).toBe(true);
  expect(
    sameHours(
      { windows: [{ from: "22:00", to: "06:00" }] },
      { windows: [{ days: [], from: "22:00", to: "06:00" }] },
    ),
  ).toBe(true);
  expect(sameHours(a, {})).toBe(false);
});
