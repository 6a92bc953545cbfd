import type { Threshold } from "../api/rules";

type Range = Pick<Threshold, "min" | "max">;

/** Steps of a slider. */
export const steps = 1000;

/** Seconds reach from one to a week: where the range is wide, equal steps are equal ratios. */
function isWide({ min, max }: Range): boolean {
  return max - min > 100;
}

export function sliderOf(value: number, range: Range): number {
  const { min, max } = range;
  const inside = Math.min(Math.max(value, min), max);
  const part = isWide(range)
    ? Math.log1p(inside - min) / Math.log1p(max - min)
    : max === min
      ? 0
      : (inside - min) / (max - min);
  return Math.round(part * steps);
}

/** The value of a step, rounded as a person would write it. */
export function valueAt(step: number, range: Range): number {
  const { min, max } = range;
  if (step <= 0) return min;
  if (step >= steps) return max;
  const part = step / steps;
  const exact = isWide(range) ? min + Math.expm1(part * Math.log1p(max - min)) : min + part * (max - min);
  const rounded = isWide(range) && exact >= 100 ? Number(exact.toPrecision(2)) : Number(exact.toPrecision(3));
  return Math.min(Math.max(isWide(range) ? Math.round(rounded) : rounded, min), max);
}
