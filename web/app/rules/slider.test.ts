import { describe, expect, test } from "vitest";
import { sliderOf, steps, valueAt } from "./slider";

const day = { min: 1, max: 86_400 };
const share = { min: 0, max: 1 };

describe("a slider", () => {
  test("reaches both ends of its range", () => {
    for (const range of [day, share, { min: 5, max: 5 }]) {
      expect(valueAt(0, range)).toBe(range.min);
      expect(valueAt(steps, range)).toBe(range.max);
    }
  });

  test("grows with every step, and stays in its range", () => {
    for (const range of [day, share]) {
      const values = Array.from({ length: steps + 1 }, (_, step) => valueAt(step, range));
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values.every((value) => value >= range.min && value <= range.max)).toBe(true);
    }
  });

  test("stands where its value is, and gives it back as near as its steps are fine", () => {
    for (const seconds of [1, 10, 30, 50, 180, 3600, 86_400]) {
      const back = valueAt(sliderOf(seconds, day), day);
      expect(Math.abs(back - seconds) / seconds, String(seconds)).toBeLessThan(0.05);
    }
    for (const part of [0, 0.35, 0.5, 1]) expect(valueAt(sliderOf(part, share), share)).toBeCloseTo(part, 2);
  });

  test("shows what is out of range at its end", () => {
    expect(sliderOf(-3, day)).toBe(0);
    expect(sliderOf(1e9, day)).toBe(steps);
  });
});
