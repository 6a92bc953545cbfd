import type { Borders } from "./borders";
import { doubledArea, type Edge, edgeKey, inside, spotOf, twin } from "./exact";
import { byFirst, clockwiseFirst, edgesOf, type Loop, loopOf, smallestAround, surrounds } from "./loops";
import type { Grid, Point } from "./types";

/**
 * The rim is every border with a grid on one side only, turned around: the outer outline clockwise, the gaps between
 * grids counter-clockwise. It is walked with the free ground on the left.
 */

/** Whether the directed edge has no grid on its left and one on its right. */
export function isFree(borders: Borders, e: Edge): boolean {
  return !borders.has(e) && borders.has(twin(e));
}

/** Walks the rim from a free edge until it closes. */
export function rimFrom(borders: Borders, start: Edge): { loop: Loop; closed: boolean } {
  const walk: Edge[] = [];
  const seen = new Set<string>();
  let e: Edge | null = start;
  while (e !== null && !seen.has(edgeKey(e))) {
    seen.add(edgeKey(e));
    walk.push(e);
    e = nextFree(borders, e);
  }
  if (e === null) return { loop: { edges: [], area: 0 }, closed: false };
  return { loop: loopOf(walk), closed: edgeKey(e) === edgeKey(start) };
}

/** The first free edge clockwise from the one by which the walk came. */
function nextFree(borders: Borders, came: Edge): Edge | null {
  let next: Edge | null = null;
  for (const { to } of borders.spokes(came.b)) {
    const e = { a: came.b, b: to };
    if (isFree(borders, e) && (next === null || clockwiseFirst(came.b, came.a, e.b, next.b))) next = e;
  }
  return next;
}

/**
 * Whether a point of the rim that is the westernmost of its walk lies in a gap: whether one of the walks that the ray from
 * it to the west meets goes around it.
 */
export function inGap(borders: Borders, p: Point): boolean {
  const looked = new Set<string>();
  for (const u of borders.edgesIn({ west: -Infinity, south: p[1], east: p[0], north: p[1] })) {
    for (const e of [u, twin(u)]) {
      if (looked.has(edgeKey(e)) || !isFree(borders, e)) continue;
      const { loop, closed } = rimFrom(borders, e);
      looked.add(edgeKey(e));
      for (const f of loop.edges) looked.add(edgeKey(f));
      if (closed && loop.area > 0 && inside(loop.edges, spotOf(p))) return true;
    }
  }
  return false;
}

/** Loops around gaps, and those around the coverage and its islands, each kind by first point. */
export interface Rim {
  gaps: Loop[];
  outlines: Loop[];
}

/** Walks all of the rim. */
export function rimOf(borders: Borders, grids: Iterable<Grid>): Rim {
  const seen = new Set<string>();
  const rim: Rim = { gaps: [], outlines: [] };
  for (const grid of grids) {
    for (const own of edgesOf(grid.boundary)) {
      const e = twin(own);
      if (borders.has(e) || seen.has(edgeKey(e))) continue;
      const { loop, closed } = rimFrom(borders, e);
      seen.add(edgeKey(e));
      for (const f of loop.edges) seen.add(edgeKey(f));
      if (!closed) continue;
      if (loop.area > 0) rim.gaps.push(loop);
      else if (loop.area < 0) rim.outlines.push(loop);
    }
  }
  rim.gaps.sort(byFirst);
  rim.outlines.sort(byFirst);
  return rim;
}

/** The smallest gap around the point, with the islands in it as holes; null where there is none. */
export function gapAround({ gaps, outlines }: Rim, at: Point): Loop | null {
  let best = -1;
  gaps.forEach((gap, i) => {
    if ((best < 0 || gap.area < (gaps[best] as Loop).area) && inside(gap.edges, spotOf(at))) best = i;
  });
  const gap = gaps[best];
  if (gap === undefined) return null;
  let edges = gap.edges;
  for (const island of outlines) {
    if (!surrounds(gap, island) || smallestAround(island, gaps) !== best) continue;
    if (inside(island.edges, spotOf(at))) return null;
    edges = [...edges, ...island.edges];
  }
  return { edges, area: doubledArea(edges) };
}
