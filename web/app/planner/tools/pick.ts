import { key, same } from "../coverage/exact";
import { between, holds } from "../coverage/plane";
import type { Box, Grid, Point } from "../coverage/types";
import type { Surface } from "./surface";

/** Grids that can be asked for what lies in a box. */
export interface Field {
  within(box: Box): readonly Grid[];
}

/** Several fields as one. */
export function together(...fields: readonly Field[]): Field {
  return { within: (box) => fields.flatMap((field) => field.within(box)) };
}

export interface Corner {
  at: Point;
  codes: readonly string[];
}

export interface Edge {
  a: Point;
  b: Point;
  /** The place on it that is nearest to the pointer. */
  at: Point;
  codes: readonly string[];
}

/** The vertex nearest to a point within so many pixels, with every grid that has it. */
export function nearestCorner(field: Field, to: Point, surface: Surface, px: number): Corner | null {
  let best: Point | null = null;
  let least = px;
  const box = surface.box(to, px);
  const grids = field.within(box);
  for (const grid of grids) {
    for (const corner of corners(grid)) {
      const far = surface.pixels(to, corner);
      if (far < least) {
        least = far;
        best = corner;
      }
    }
  }
  if (best === null) return null;
  const at = best;
  return { at, codes: grids.filter((grid) => has(grid, at)).map(({ code }) => code) };
}

/** The border segment nearest to a point within so many pixels, with the grids on both of its sides. */
export function nearestEdge(field: Field, to: Point, surface: Surface, px: number): Edge | null {
  let best: Omit<Edge, "codes"> | null = null;
  let least = px;
  const grids = field.within(surface.box(to, px));
  for (const grid of grids) {
    for (const [a, b] of edges(grid)) {
      const at = between(a, b, surface.share(to, a, b));
      const far = surface.pixels(to, at);
      if (far < least) {
        least = far;
        best = { a, b, at };
      }
    }
  }
  if (best === null) return null;
  const { a, b } = best;
  return { ...best, codes: grids.filter((grid) => hasEdge(grid, a, b)).map(({ code }) => code) };
}

/** The grid whose ground the point is. */
export function gridAt(field: Field, at: Point): Grid | null {
  const box = { west: at[0], south: at[1], east: at[0], north: at[1] };
  return field.within(box).find(({ boundary }) => holds(boundary, at)) ?? null;
}

export function* corners({ boundary }: Grid): Generator<Point> {
  for (const ring of boundary.flat()) {
    for (let i = 0; i + 1 < ring.length; i++) yield ring[i] as Point;
  }
}

export function* edges({ boundary }: Grid): Generator<[Point, Point]> {
  for (const ring of boundary.flat()) {
    for (let i = 0; i + 1 < ring.length; i++) yield [ring[i] as Point, ring[i + 1] as Point];
  }
}

function has(grid: Grid, at: Point): boolean {
  for (const corner of corners(grid)) if (same(corner, at)) return true;
  return false;
}

function hasEdge(grid: Grid, a: Point, b: Point): boolean {
  for (const [from, to] of edges(grid)) {
    if ((same(from, a) && same(to, b)) || (same(from, b) && same(to, a))) return true;
  }
  return false;
}

export type SnapKind = "corner" | "edge" | "other";
export interface Snapped {
  at: Point;
  /** What it snapped to; null where it stands free. */
  to: SnapKind | null;
}

const cornerPx = 10;
const edgePx = 7;

/** Where a drawn point lands: on a vertex, else on a border of this net, else on one of the other net, else free. */
export function snap(
  at: Point,
  surface: Surface,
  own: Field,
  other: Field | null,
  not: Point | null = null,
): Snapped {
  const without = (corner: Corner | null) =>
    corner !== null && not !== null && same(corner.at, not) ? null : corner;
  const corner = without(nearestCorner(own, at, surface, cornerPx));
  if (corner !== null) return { at: corner.at, to: "corner" };
  const free = not === null ? own : withoutEdgesOf(own, not);
  const edge = nearestEdge(free, at, surface, edgePx);
  if (edge !== null) return { at: edge.at, to: "edge" };
  if (other !== null) {
    const foreign = nearestCorner(other, at, surface, cornerPx) ?? nearestEdge(other, at, surface, edgePx);
    if (foreign !== null) return { at: foreign.at, to: "other" };
  }
  return { at, to: null };
}

/** A vertex that is dragged does not snap to the borders that end in it: they come along. */
function withoutEdgesOf(field: Field, vertex: Point): Field {
  return {
    within: (box) =>
      field.within(box).map((grid) => ({
        ...grid,
        boundary: grid.boundary.map((rings) => rings.flatMap((ring) => openings(ring, vertex))),
      })),
  };
}

/** A ring cut into open lines where it runs through a vertex. */
function openings(ring: readonly Point[], vertex: Point): readonly Point[][] {
  const lines: Point[][] = [[]];
  for (const point of ring) {
    if (same(point, vertex)) lines.push([]);
    else lines.at(-1)?.push(point);
  }
  return lines.filter((line) => line.length > 1);
}

/** Every vertex in the box once, with how many grids have it. */
export function cornersIn(field: Field, box: Box, most: number): { at: Point; grids: number }[] | null {
  const found = new Map<string, { at: Point; grids: number }>();
  for (const grid of field.within(box)) {
    for (const at of corners(grid)) {
      if (at[0] < box.west || at[0] > box.east || at[1] < box.south || at[1] > box.north) continue;
      const known = found.get(key(at));
      if (known === undefined) {
        if (found.size >= most) return null;
        found.set(key(at), { at, grids: 1 });
      } else known.grids++;
    }
  }
  return [...found.values()];
}
