import type { Geometry, Position } from "geojson";
import { same } from "./exact";
import type { Boundary, Lonlat, Point, Ring } from "./types";

/** Between degrees and whole steps of 1e-7°, and what people read off the plane: near enough, not exact. */

const steps = 1e7;

/** The nearest step, halves away from zero. */
function round(v: number): number {
  return Math.sign(v) * Math.round(Math.abs(v)) + 0;
}

export function pointOf(position: Lonlat): Point {
  const [lon = 0, lat = 0] = position;
  return [round(lon * steps), round(lat * steps)];
}

export function lonlat([x, y]: Point): [number, number] {
  return [x / steps, y / steps];
}

export function boundaryOf(geometry: Geometry): Boundary {
  const polygons =
    geometry.type === "Polygon"
      ? [geometry.coordinates]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates
        : [];
  return polygons.map((rings) => rings.map((ring) => ring.map(pointOf)));
}

export function geometryOf(boundary: Boundary): Geometry {
  const polygons = boundary.map((rings) => rings.map((ring): Position[] => ring.map(lonlat)));
  const [only] = polygons;
  return polygons.length === 1 && only !== undefined
    ? { type: "Polygon", coordinates: only }
    : { type: "MultiPolygon", coordinates: polygons };
}

/** Whether the point lies inside by the half-open rule: what is on a border is on one side of it only. */
export function holds(boundary: Boundary, [x, y]: Point): boolean {
  let inside = false;
  for (const ring of boundary.flat()) {
    for (let i = 0; i + 1 < ring.length; i++) {
      const a = ring[i] as Point;
      const b = ring[i + 1] as Point;
      if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
    }
  }
  return inside;
}

export const metresPerStep = 111_195 / steps;

export function lengthM(a: Point, b: Point): number {
  const middle = ((a[1] + b[1]) / 2 / steps) * (Math.PI / 180);
  return Math.hypot((b[0] - a[0]) * Math.cos(middle), b[1] - a[1]) * metresPerStep;
}

export function lineM(line: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += lengthM(line[i - 1] as Point, line[i] as Point);
  return sum;
}

/** A drawn line closed to a ring. */
export function closed(line: readonly Point[]): Ring {
  const [first] = line;
  const last = line.at(-1);
  return first === undefined || last === undefined || same(first, last) ? line : [...line, first];
}

/** All rings' lengths together. */
export function outlineM(boundary: Boundary): number {
  return boundary.flat().reduce((sum, ring) => sum + lineM(ring), 0);
}

/** The nearest point of a segment, as a fraction of the way from a to b. */
export function along([x, y]: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return 0;
  return Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length2));
}

export function between(a: Point, b: Point, share: number): Point {
  return [Math.round(a[0] + (b[0] - a[0]) * share), Math.round(a[1] + (b[1] - a[1]) * share)];
}

/** The middle of what a ring spans. */
export function centre(ring: readonly Point[]): Point {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  return [Math.round((west + east) / 2), Math.round((south + north) / 2)];
}
