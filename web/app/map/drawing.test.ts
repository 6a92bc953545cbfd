import { expect, test } from "vitest";
import { cornerKeys } from "./drawing";
import type { Point } from "./points";

const square: readonly Point[] = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
];

/** The ring as a page holds it, and the corners that it is changed by. */
function aRing() {
  let ring = square;
  const steps: boolean[] = [];
  const keys = cornerKeys({ vertex: String, between: "between" }, ({ now, first }) => {
    ring = now;
    steps.push(first);
  });
  return { keys, steps, ring: () => ring };
}

test("a handle stands on each corner, and one in the middle of each edge", () => {
  const { keys, ring } = aRing();
  const at = (kind: string) =>
    keys.handles(ring()).flatMap((one) => (one.key.startsWith(kind) ? [one.at] : []));
  expect(at("corner")).toEqual(square);
  expect(at("middle")).toEqual([
    [1, 0],
    [2, 1],
    [1, 2],
    [0, 1],
  ]);
});

test("a drag out of an edge makes one corner, which goes with it to the end", () => {
  const { keys, steps, ring } = aRing();
  keys.move(ring(), "middle-3", [-1, 1], true);
  keys.move(ring(), "middle-3", [-2, 1], false);
  expect(ring()).toEqual([...square, [-2, 1]]);
  expect(steps).toEqual([true, false]);
});

test("a corner is dragged as one step, and three stay", () => {
  const { keys, steps, ring } = aRing();
  keys.move(ring(), "corner-1", [3, 0], true);
  keys.move(ring(), "corner-1", [4, 0], false);
  expect(ring()[1]).toEqual([4, 0]);
  expect(steps).toEqual([true, false]);
  keys.remove(ring(), "corner-1");
  keys.remove(ring(), "corner-0");
  expect(ring()).toEqual([
    [0, 0],
    [2, 2],
    [0, 2],
  ]);
});

test("a click on the middle of an edge makes a corner there, one on a corner nothing", () => {
  const { keys, ring } = aRing();
  keys.pick(ring(), "corner-0");
  expect(ring()).toEqual(square);
  keys.pick(ring(), "middle-0");
  expect(ring()).toEqual([[0, 0], [1, 0], ...square.slice(1)]);
});
