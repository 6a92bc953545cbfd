import { describe, expect, test } from "vitest";
import { wordsOf } from "../i18n/words";
import { complete, inFrame, type Match, moved, placed } from "./matches";
import { refusal } from "./refusal";
import { readView, writeView } from "./view";

describe("matching", () => {
  const one: Match = { pixel: [0.1, 0.2], place: [118, 36] };
  const half: Match = { pixel: [0.3, 0.4], place: null };

  test("a click completes the first match that lacks this end, else begins one", () => {
    expect(placed([one, half], "place", [118.1, 36.1])).toEqual([one, { ...half, place: [118.1, 36.1] }]);
    expect(placed([one], "pixel", [0.5, 0.5])).toEqual([one, { pixel: [0.5, 0.5], place: null }]);
    expect(placed([], "place", [1, 2])).toEqual([{ pixel: null, place: [1, 2] }]);
  });

  test("only whole pairs are sent, and each knows which match it is", () => {
    expect(complete([half, one])).toEqual({ pairs: [{ pixel: [0.1, 0.2], lonlat: [118, 36] }], of: [1] });
  });

  test("a drag moves one end of one match", () => {
    expect(moved([one, half], 0, "pixel", [0.9, 0.9])).toEqual([{ ...one, pixel: [0.9, 0.9] }, half]);
  });

  test("a point dragged out of the picture stays on its edge", () => {
    expect(inFrame([-0.2, 1.4])).toEqual([0, 1]);
  });
});

describe("a refusal in words", () => {
  for (const [said, of, want] of [
    [
      "pairs: the error is 3.4 m at 40 m from the camera, and must be 2 m at most",
      [],
      wordsOf.zh.refusal.far("3.4"),
    ],
    [
      "pairs[3].pixel: lies on one line with the others: at least four points",
      [0, 1, 2, 5],
      wordsOf.zh.refusal.line(6),
    ],
    ["pairs[1].lonlat: is the same as that of pairs[0]", [0, 1], wordsOf.zh.refusal.same(2)],
    ["pairs[4]: contradicts the others: by them", [], wordsOf.zh.refusal.contradicts(5)],
    ["pairs: must be 4 to 100, not 3", [], wordsOf.zh.refusal.few],
    ["something new", [], "something new"],
  ] as const) {
    test(said, () => expect(refusal(said, wordsOf.zh, of)).toBe(want));
  }
});

test("what is looked at stands in the address and comes back from it", () => {
  const view = { camera: "cam-1", tab: "fences", text: "东门", adding: false } as const;
  expect(readView(writeView(view))).toEqual(view);
  expect(readView({ tab: "nonsense" })).toEqual({ camera: null, tab: "match", text: "", adding: false });
});
