import { describe, expect, test } from "vitest";
import type { Draft } from "../api/editions";
import { areaWords, lengthWords } from "../map/amount";
import { arranged, inForce, standingOf } from "./editions";

const edition = (id: number, change: Partial<Draft>): Draft => ({
  id,
  net: "road",
  title: "",
  state: "published",
  from: null,
  until: null,
  version: 1,
  base: null,
  replaces: null,
  newer: null,
  demo: true,
  grids: 1,
  author: null,
  submitter: null,
  reviewer: null,
  review_note: "",
  changed: [],
  can_undo: false,
  can_redo: false,
  ...change,
});
const first = edition(1, { from: "2026-01-01T00:00:00Z", until: "2026-06-01T00:00:00Z" });
const second = edition(2, { from: "2026-06-01T00:00:00Z" });
const now = Date.parse("2026-05-01T00:00:00Z");

test("of a net's editions the one whose days contain the moment is in force, the end not included", () => {
  const at = (day: string) => inForce([first, second], "road", Date.parse(`${day}T00:00:00Z`))?.id ?? null;
  expect(["2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01"].map(at)).toEqual([null, 1, 1, 2]);
  expect(inForce([first, second], "community", Date.parse("2026-03-01"))).toBeNull();
});

describe("an edition's standing", () => {
  test("goes by the day: ahead, in force, over", () => {
    expect(standingOf(second, now)).toBe("ahead");
    expect(standingOf(first, now)).toBe("inForce");
    expect(standingOf(first, Date.parse("2026-06-01T00:00:00Z"))).toBe("superseded");
  });

  test("of what is not published is its state", () => {
    expect(standingOf(edition(3, { state: "submitted" }), now)).toBe("submitted");
  });
});

test("what is under way stands first, what is over apart", () => {
  const draft = edition(4, { state: "draft", from: "2026-02-01T00:00:00Z" });
  const reviewed = edition(5, { state: "reviewed" });
  const given = edition(6, { state: "discarded" });
  const { listed, past } = arranged([first, second, draft, reviewed, given], now);
  expect(listed.map(({ id }) => id)).toEqual([5, 4, 2, 1]);
  expect(past.map(({ id }) => id)).toEqual([6]);
});

test("an area and a length are in the unit that people can imagine", () => {
  expect([3.26, 12_345.6, 812_000].map(areaWords)).toEqual(["3.3 m²", "12,346 m²", "0.81 km²"]);
  expect([1.234, 56.78, 789.4, 2345].map(lengthWords)).toEqual(["1.23 m", "56.8 m", "789 m", "2.35 km"]);
});
