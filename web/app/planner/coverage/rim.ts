import type { Borders } from "./borders";
import {
  boxOfEdges,
  doubledArea,
  type Edge,
  edgeKey,
  inside,
  lies,
  pointBox,
  same,
  spotOf,
  twin,
} from "./exact";
import { byFirst, clockwiseFirst, type Loop, loopOf, surrounds } from "./loops";
import type { Box, Point } from "./types";

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

/** Walks the rim from every free edge whose box meets the box. */
function rimIn(borders: Borders, box: Box): Loop[] {
  const walks: Loop[] = [];
  const looked = new Set<string>();
  for (const u of borders.edgesIn(box)) {
    for (const e of [u, twin(u)]) {
      if (looked.has(edgeKey(e)) || !isFree(borders, e)) continue;
      const { loop, closed } = rimFrom(borders, e);
      looked.add(edgeKey(e));
      for (const f of loop.edges) looked.add(edgeKey(f));
      if (closed) walks.push(loop);
    }
  }
  return walks;
}

/** What lies west of a point, on its parallel. */
const westOf = ([x, y]: Point): Box => ({ west: -(2 ** 31), south: y, east: x, north: y });

/** Whether a point of the rim that is the westernmost of its walk lies in a gap. */
export function inGap(borders: Borders, p: Point): boolean {
  return smallestInside(rimIn(borders, westOf(p)), p) !== null;
}

/** The smallest of the gaps around the point. */
function smallestInside(walks: readonly Loop[], p: Point): Loop | null {
  let gap: Loop | null = null;
  for (const walk of walks) {
    if (walk.area > 0 && (gap === null || walk.area < gap.area) && inside(walk.edges, spotOf(p))) gap = walk;
  }
  return gap;
}

/**
 * The smallest gap around the point, with the islands in it as holes; or, where the point lies on a rim, the smallest gap
 * with this rim, for there are gaps with no room for a point. Null where there is none.
 */
export function gapAround(borders: Borders, at: Point): Loop | null {
  const [touching] = rimIn(borders, pointBox(at))
    .filter((walk) => walk.area > 0 && walk.edges.some((e) => same(e.a, at) || lies(e, at)))
    .sort((a, b) => a.area - b.area || byFirst(a, b));
  const gap = touching ?? smallestInside(rimIn(borders, westOf(at)), at);
  if (gap === null) return null;
  let edges = gap.edges;
  for (const island of rimIn(borders, boxOfEdges(gap.edges))) {
    if (island.area >= 0 || !surrounds(gap, island)) continue;
    if (inside(island.edges, spotOf(at))) return null;
    edges = [...edges, ...island.edges];
  }
  return { edges, area: doubledArea(edges) };
}
