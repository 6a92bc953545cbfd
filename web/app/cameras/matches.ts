import type { Pair } from "../api/setup";
import { type Point, point } from "../map/points";

/** A pair that is being matched: each end may be missing. */
export interface Match {
  pixel: Point | null;
  place: Point | null;
}

export type End = keyof Match;

export function matchesOf(pairs: readonly Pair[]): Match[] {
  return pairs.map(({ pixel, lonlat }) => ({ pixel: point(pixel), place: point(lonlat) }));
}

/** The pairs that have both ends, and which match each of them is. */
export function complete(matches: readonly Match[]): { pairs: Pair[]; of: number[] } {
  const pairs: Pair[] = [];
  const of: number[] = [];
  matches.forEach(({ pixel, place }, i) => {
    if (pixel === null || place === null) return;
    pairs.push({ pixel: [...pixel], lonlat: [...place] });
    of.push(i);
  });
  return { pairs, of };
}

/** One end placed by a click: of the first match that lacks it, else of a new one. */
export function placed(matches: readonly Match[], end: End, at: Point): Match[] {
  const i = matches.findIndex((match) => match[end] === null);
  if (i < 0) return [...matches, { pixel: null, place: null, [end]: at }];
  return moved(matches, i, end, at);
}

export function moved(matches: readonly Match[], i: number, end: End, at: Point): Match[] {
  return matches.map((match, k) => (k === i ? { ...match, [end]: at } : match));
}

/** Keeps a point of the frame inside it, with digits enough for a pixel. */
export function inFrame([x, y]: Point): Point {
  const clip = (v: number) => Math.round(Math.min(1, Math.max(0, v)) * 1e4) / 1e4;
  return [clip(x), clip(y)];
}
