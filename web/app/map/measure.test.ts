import type { Geometry, Position } from "geojson";
import { describe, expect, test } from "vitest";
import { areaM2, boundsOf, circle, contains, distanceM, labelPoint } from "./measure";

const polygon = (...rings: Position[][]): Geometry => ({ type: "Polygon", coordinates: rings });

// A square of a hundredth of a degree in Linzi: 890 m × 1,112 m.
const square: Position[] = [
  [118.3, 36.82],
  [118.31, 36.82],
  [118.31, 36.83],
  [118.3, 36.83],
  [118.3, 36.82],
];
const hole: Position[] = [
  [118.302, 36.822],
  [118.302, 36.824],
  [118.304, 36.824],
  [118.304, 36.822],
  [118.302, 36.822],
];

describe("distance", () => {
  test("a hundredth of a degree is 1,112 m to the north and 890 m to the east", () => {
    expect(distanceM([118.3, 36.82], [118.3, 36.83])).toBeCloseTo(1112, 0);
    expect(distanceM([118.3, 36.82], [118.31, 36.82])).toBeCloseTo(890.2, 0);
    expect(distanceM([118.3, 36.82], [118.3, 36.82])).toBe(0);
  });
});

describe("area", () => {
  test("of a square, with either turn of the ring", () => {
    expect(areaM2(polygon(square)) / 1e6).toBeCloseTo(0.99, 2);
    expect(areaM2(polygon([...square].reverse()))).toBeCloseTo(areaM2(polygon(square)), 6);
  });

  test("without its hole", () => {
    const share = 1 - areaM2(polygon(square, hole)) / areaM2(polygon(square));
    expect(share).toBeCloseTo(0.04, 3);
  });

  test("of several parts together, and nothing for a point", () => {
    const twice: Geometry = { type: "MultiPolygon", coordinates: [[square], [square]] };
    expect(areaM2(twice)).toBeCloseTo(2 * areaM2(polygon(square)), 3);
    expect(areaM2({ type: "Point", coordinates: [118, 36] })).toBe(0);
    expect(areaM2(polygon([]))).toBe(0);
  });
});

describe("the label's point", () => {
  // A U: the middle of its box lies outside.
  const u: Position[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [7, 10],
    [7, 2],
    [3, 2],
    [3, 10],
    [0, 10],
    [0, 0],
  ];

  for (const [name, geometry] of [
    ["a square", polygon(square)],
    ["a U", polygon(u)],
    ["a square with a hole", polygon(square, hole)],
    ["the largest of several parts", { type: "MultiPolygon", coordinates: [[hole], [square]] } as Geometry],
  ] as const) {
    test(`lies inside ${name}`, () => {
      const point = labelPoint(geometry);
      expect(point).not.toBeNull();
      expect(contains(geometry, point ?? [])).toBe(true);
    });
  }

  test("does not exist for what has no area", () => {
    expect(labelPoint({ type: "Point", coordinates: [1, 1] })).toBeNull();
    expect(labelPoint(polygon([]))).toBeNull();
  });
});

test("bounds go around everything, and are none for nothing", () => {
  expect(boundsOf([polygon(square), { type: "Point", coordinates: [118, 37] }])).toEqual([
    118, 36.82, 118.31, 37,
  ]);
  expect(boundsOf([])).toBeNull();
});

test("a circle keeps its radius in every direction", () => {
  const centre: Position = [118.3, 36.82];
  const ring = circle(centre, 25);
  if (ring.type !== "Polygon") throw new Error("want a polygon");
  for (const point of ring.coordinates[0] ?? []) expect(distanceM(centre, point)).toBeCloseTo(25, 1);
});
