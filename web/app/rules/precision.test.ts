import { expect, test } from "vitest";
import type { Precision } from "../api/rules";
import { gradeOf, pairsOf } from "./precision";

function anItem(rule: string, camera: string, hour: number | null, yes: number, no: number): Precision {
  return {
    rule,
    camera: { id: camera, name: camera },
    hour,
    true: yes,
    false: no,
    duplicate: 0,
    precision: yes + no === 0 ? null : yes / (yes + no),
    review_only: camera === "c",
  };
}

test("a rule at a camera is one row with its hours; review first, then the least right", () => {
  const pairs = pairsOf([
    anItem("vending", "a", null, 9, 1),
    anItem("vending", "a", 8, 4, 0),
    anItem("vending", "a", 20, 5, 1),
    anItem("debris", "a", null, 1, 3),
    anItem("debris", "b", null, 0, 0),
    anItem("vending", "c", null, 8, 2),
  ]);
  expect(pairs.map(({ rule, camera }) => `${rule} ${camera.id}`)).toEqual([
    "vending c",
    "debris a",
    "vending a",
    "debris b",
  ]);
  expect([...(pairs[2]?.hours.keys() ?? [])]).toEqual([8, 20]);
  expect(pairs[2]?.whole.true).toBe(9);
});

test("few verdicts say nothing of a share, and none nothing at all", () => {
  const grade = (yes: number, no: number) => gradeOf(anItem("r", "a", null, yes, no), 0.5, 10);
  expect([grade(0, 0), grade(1, 8), grade(4, 6), grade(5, 5), grade(10, 0)]).toEqual([
    "none",
    "few",
    "bad",
    "good",
    "good",
  ]);
});
