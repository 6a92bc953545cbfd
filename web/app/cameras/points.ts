import type { Geometry, Position } from "geojson";
import type { Pair } from "../api/setup";

/** A point of the frame (0 to 1, y down) or of the map (longitude, latitude). */
export type Point = readonly [number, number];

export function point([x = 0, y = 0]: readonly number[]): Point {
  return [x, y];
}

/** A ring without its closing repeat, as it is drawn. */
export function open(ring: readonly (readonly number[])[]): Point[] {
  const points = ring.map(point);
  const [first] = points;
  const last = points.at(-1);
  if (points.length > 1 && first !== undefined && last !== undefined && same(first, last)) points.pop();
  return points;
}

export function same(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** The outer ring of a polygon as it is drawn; null for anything else. */
export function ringOf(geometry: Geometry | null): Point[] | null {
  return geometry?.type === "Polygon" ? open(geometry.coordinates[0] ?? []) : null;
}

/** The holes of a polygon, as they are: nothing here draws them. */
export function holesOf(geometry: Geometry | null): readonly Position[][] {
  return geometry?.type === "Polygon" ? geometry.coordinates.slice(1) : [];
}

/** A drawn ring as a polygon of GeoJSON: closed, with the holes that it had. */
export function polygonOf(ring: readonly Point[], holes: readonly Position[][] = []): Geometry {
  return { type: "Polygon", coordinates: [[...ring, ...ring.slice(0, 1)].map(([x, y]) => [x, y]), ...holes] };
}

/** The middle of a ring's corners. */
export function middle(ring: readonly Point[]): Point {
  const n = Math.max(ring.length, 1);
  return [ring.reduce((sum, [x]) => sum + x, 0) / n, ring.reduce((sum, [, y]) => sum + y, 0) / n];
}

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

/** A place on the map with digits enough for a centimetre. */
export function onMap([lon, lat]: Point): Point {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}
