import { describe, expect, test } from "vitest";
import type { Point } from "../coverage/types";
import { askedOf, faultsOf, groundM2, groundOf, newRoad, type RoadPlan } from "./plan";

const metresEast = 1e7 / (111_195 * Math.cos((36.8 * Math.PI) / 180));
const metresNorth = 1e7 / 111_195;
const at = (east: number, north: number): Point => [
  Math.round(1_183_000_000 + east * metresEast),
  Math.round(368_000_000 + north * metresNorth),
];
const road = (more: Partial<RoadPlan>): RoadPlan => ({ ...newRoad, name: "新路", done: true, ...more });
const m2 = (plan: RoadPlan) => groundM2(groundOf(plan, plan.points));

describe("the ground along a centre line", () => {
  test("is as wide as both sides together, and lies on its sides", () => {
    const plan = road({ points: [at(0, 0), at(100, 0)], leftM: 12, rightM: 4 });
    expect(m2(plan)).toBeCloseTo(1600, -1);
    const norths = (groundOf(plan, plan.points)?.[0]?.[0] ?? []).map(([, y]) =>
      Math.round((y - 368_000_000) / metresNorth),
    );
    expect([Math.max(...norths), Math.min(...norths)]).toEqual([12, -4]);
  });

  test("keeps its width round a bend", () => {
    // Two arms of 100 m: outside of the corner a square more, inside of it a square less.
    expect(m2(road({ points: [at(0, 0), at(100, 0), at(100, 100)], leftM: 10, rightM: 10 }))).toBeCloseTo(
      4000,
      -1,
    );
  });

  test("has no spike at a sharp turn", () => {
    const ground = groundOf(road({ points: [at(0, 0), at(100, 0), at(0, 8)], leftM: 6, rightM: 6 }), [
      at(0, 0),
      at(100, 0),
      at(0, 8),
    ]);
    const easts = (ground?.[0]?.[0] ?? []).map(([x]) => (x - 1_183_000_000) / metresEast);
    expect(Math.max(...easts)).toBeLessThan(112);
  });

  test("is none while there is one point, or two on one spot", () => {
    expect(groundOf(road({}), [at(0, 0)])).toBeNull();
    expect(groundOf(road({}), [at(0, 0), at(0, 0)])).toBeNull();
  });

  test("that is drawn is what was drawn, closed", () => {
    const plan = road({ way: "ground", points: [at(0, 0), at(50, 0), at(50, 20), at(0, 20)] });
    expect(m2(plan)).toBeCloseTo(1000, -1);
    expect(askedOf(plan)).toMatchObject({ name: "新路", code: "" });
    const { ground } = askedOf(plan) as { ground: number[][][] };
    expect(ground[0]?.[0]).toEqual(ground[0]?.at(-1));
  });
});

describe("what is asked for", () => {
  test("has the line in degrees and the widths in metres", () => {
    const plan = road({
      points: [at(0, 0), at(100, 0)],
      class: 2,
      leftM: 12.5,
      rightM: 4,
      register: " HG-01 ",
    });
    expect(askedOf(plan)).toMatchObject({
      section: {
        section_code: "HG-01",
        class: 2,
        left_m: 12.5,
        right_m: 4,
        line: [[118.3, 36.8], expect.anything()],
      },
    });
  });

  test("is not sent while something is missing", () => {
    expect(faultsOf(newRoad)).toEqual(["points", "name"]);
    const drawn = road({ points: [at(0, 0), at(100, 0)] });
    expect(faultsOf(drawn)).toEqual([]);
    expect(faultsOf({ ...drawn, leftM: 0.2, rightM: Number.NaN, code: "37" })).toEqual([
      "left",
      "right",
      "code",
    ]);
    expect(faultsOf({ ...drawn, way: "ground" })).toEqual(["points"]);
  });
});
