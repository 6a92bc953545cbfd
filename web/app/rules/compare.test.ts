import { expect, test } from "vitest";
import type { BacktestItem, Change } from "../api/rules";
import { differs, itemsOf, shiftS, totalsOf } from "./compare";

const told = (second: number) => ({
  raised_at: new Date(Date.parse("2026-11-22T02:00:00Z") + second * 1000).toISOString(),
  escalated_at: null,
  cleared_at: null,
  pictures: [],
});

function anItem(change: Change, before: number | null, after: number | null): BacktestItem {
  return {
    change,
    camera: { id: "cam-1", name: "东门" },
    fence: { id: "lane-3", name: "3 号" },
    rule: "fire_lane",
    before: before === null ? null : told(before),
    after: after === null ? null : told(after),
  };
}

test("a shift is later where it is above zero, and none where only one of both raises", () => {
  expect(shiftS(anItem("later", 10, 40))).toBe(30);
  expect(shiftS(anItem("earlier", 40, 10))).toBe(-30);
  expect(shiftS(anItem("new", null, 10))).toBeNull();
  expect(shiftS({ ...anItem("same", 1, 2), before: { ...told(1), raised_at: null } })).toBeNull();
});

test("totals tell the worst first and leave out what did not happen", () => {
  const totals = { same: 5, new: 0, missed: 2, earlier: 1 };
  expect(totalsOf({ totals }).map(({ change, n }) => `${change} ${n}`)).toEqual([
    "missed 2",
    "earlier 1",
    "same 5",
  ]);
  expect(differs({ totals })).toBe(true);
  expect(differs({ totals: { same: 5, new: 0 } })).toBe(false);
  expect(differs({ totals: {} })).toBe(false);
});

test("items stand by change, the newest first, and only those that are wanted", () => {
  const items = [
    anItem("same", 0, 0),
    anItem("new", null, 5),
    anItem("missed", 3, null),
    anItem("new", null, 9),
  ];
  const shown = itemsOf(items, new Set<Change>(["new", "missed"]));
  expect(shown).toEqual([items[2], items[3], items[1]]);
});
