import { expect, test } from "vitest";
import { open, polygonOf, ringOf } from "./points";

test("a ring is drawn open and stored closed", () => {
  const drawn = open([
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
  expect(drawn).toEqual([
    [0, 0],
    [1, 0],
    [1, 1],
  ]);
  const stored = polygonOf(drawn);
  expect(stored).toEqual({
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  });
  expect(ringOf(stored)).toEqual(drawn);
  expect(ringOf({ type: "Point", coordinates: [0, 0] })).toBeNull();
});
