import { describe, expect, test } from "vitest";
import {
  ago,
  calendarDate,
  clockTime,
  distance,
  exactTime,
  fromWall,
  hourOf,
  setZone,
  shortSpan,
  span,
  startOfDay,
  wallText,
} from "./time";
import { wordsOf } from "./words";

const { zh, en } = wordsOf;

describe("a span of time", () => {
  for (const [seconds, chinese, english] of [
    [0, "0 秒", "0 s"],
    [59.4, "59 秒", "59 s"],
    [60, "1 分", "1 min"],
    [252, "4 分 12 秒", "4 min 12 s"],
    [3600, "1 小时", "1 h"],
    [4200, "1 小时 10 分", "1 h 10 min"],
    [86_400, "1 天", "1 d"],
    [93_600, "1 天 2 小时", "1 d 2 h"],
    [-5, "0 秒", "0 s"],
  ] as const) {
    test(`${seconds} s is ${chinese}`, () => {
      expect(span(zh, seconds)).toBe(chinese);
      expect(span(en, seconds)).toBe(english);
    });
  }

  test("is without seconds where there is little room", () => {
    expect(shortSpan(zh, 252)).toBe("4 分");
    expect(shortSpan(zh, 42)).toBe("42 秒");
  });
});

describe("how long ago", () => {
  const now = Date.parse("2026-11-22T08:00:00Z");
  for (const [seconds, want] of [
    [-3, "刚刚"],
    [4, "刚刚"],
    [5, "5 秒前"],
    [60, "1 分前"],
    [3599, "59 分前"],
    [3600, "1 小时前"],
    [172_800, "2 天前"],
  ] as const) {
    test(`${seconds} s is ${want}`, () => {
      expect(ago(zh, now - seconds * 1000, now)).toBe(want);
    });
  }
});

test("the clock has seconds, and the date when it is not today's", () => {
  const noon = Date.parse("2026-11-22T12:03:07+08:00");
  expect(clockTime(noon)).toBe("12:03:07");
  expect(clockTime(noon, noon + 13 * 3600_000)).toBe("11-22 12:03:07");
});

test("a day begins at the city's midnight, and is written year first", () => {
  for (const time of ["00:00:00", "07:59:59.9", "12:03:07", "23:59:59"]) {
    const now = Date.parse(`2026-01-05T${time}+08:00`);
    expect(startOfDay(now)).toBe(Date.parse("2026-01-05T00:00:00+08:00"));
    expect(calendarDate(now)).toBe("2026-01-05");
  }
});

test("the city's clocks count, not the device's", () => {
  const evening = Date.parse("2026-11-22T20:30:00Z");
  expect(exactTime(evening)).toBe("2026-11-23 04:30:00");
  expect(hourOf(evening)).toBe(4);
  setZone("Asia/Urumqi");
  expect(hourOf(evening)).toBe(2);
  setZone("Asia/Shanghai");
});

test("a field for date and time is read by the city's clocks, and what it never held is nothing", () => {
  const evening = Date.parse("2026-11-22T20:30:05Z");
  expect(wallText(evening)).toBe("2026-11-23T04:30:05");
  expect(fromWall("2026-11-23T04:30:05")).toBe(evening);
  expect(fromWall("2026-11-23T04:30")).toBe(evening - 5000);
  expect(fromWall("")).toBeNull();
  setZone("Europe/Berlin"); // Its clocks are put on at the end of March.
  expect(fromWall("2026-03-29T04:30:00")).toBe(Date.parse("2026-03-29T02:30:00Z"));
  setZone("Asia/Shanghai");
});

test("a distance claims no more than it knows", () => {
  expect([3, 424, 996, 1100, 9949, 12_400].map(distance)).toEqual([
    "10 m",
    "420 m",
    "1000 m",
    "1.1 km",
    "9.9 km",
    "12 km",
  ]);
});
