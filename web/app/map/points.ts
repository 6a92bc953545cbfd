import type { Geometry, Position } from "geojson";

/** A point of the map (longitude, latitude), or of a camera's frame (0 to 1, y down). */
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

/** Half the way from one point to the other. */
export function between(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** A place on the map with digits enough for a centimetre. */
export function onMap([lon, lat]: Point): Point {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}
