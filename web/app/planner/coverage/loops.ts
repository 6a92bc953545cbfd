import {
  boxOfEdges,
  compare,
  compareAround,
  covers,
  doubledArea,
  type Edge,
  edgeKey,
  inside,
  key,
  middle,
  same,
  spotOf,
  twin,
  undirected,
} from "./exact";
import { type Boundary, type Point, Refusal } from "./types";

/** A closed walk of edges. */
export interface Loop {
  edges: readonly Edge[];
  /** Doubled; positive when it turns counter-clockwise. */
  area: number;
}

export function loopOf(edges: readonly Edge[]): Loop {
  return { edges, area: doubledArea(edges) };
}

export function firstOf({ edges }: Loop): Point {
  let least = (edges[0] as Edge).a;
  for (const { a } of edges) if (compare(a, least) < 0) least = a;
  return least;
}

export const byFirst = (l: Loop, m: Loop) => compare(firstOf(l), firstOf(m));

/** The edges of a line; points that repeat the one before make none. */
export function chain(line: readonly Point[]): Edge[] {
  const edges: Edge[] = [];
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1] as Point, line[i] as Point];
    if (!same(a, b)) edges.push({ a, b });
  }
  return edges;
}

export function reversed(edges: readonly Edge[]): Edge[] {
  return edges.map(twin).reverse();
}

/** The directed edges of polygons. */
export function edgesOf(boundary: Boundary): Edge[] {
  const edges: Edge[] = [];
  for (const polygon of boundary) {
    for (const ring of polygon) {
      for (let i = 1; i < ring.length; i++) edges.push({ a: ring[i - 1] as Point, b: ring[i] as Point });
    }
  }
  return edges;
}

/**
 * Walks the edges, each once, so that a loop never leaves the piece of ground on its left: where several edges leave a
 * vertex it takes the first one clockwise from the edge it came by. A walk that does not close is left out.
 */
export function trace(edges: readonly Edge[]): Loop[] {
  const leaving = new Map<string, number[]>();
  edges.forEach(({ a }, i) => {
    const at = key(a);
    const known = leaving.get(at);
    if (known === undefined) leaving.set(at, [i]);
    else known.push(i);
  });
  const walked = new Uint8Array(edges.length);
  const loops: Loop[] = [];
  for (let start = 0; start < edges.length; start++) {
    if (walked[start] === 1) continue;
    const walk: Edge[] = [];
    let at = start;
    while (at >= 0 && walked[at] === 0) {
      walked[at] = 1;
      const came = edges[at] as Edge;
      walk.push(came);
      let best = -1;
      for (const i of leaving.get(key(came.b)) ?? []) {
        if (walked[i] === 1 && i !== start) continue;
        if (best < 0 || clockwiseFirst(came.b, came.a, (edges[i] as Edge).b, (edges[best] as Edge).b))
          best = i;
      }
      at = best;
    }
    if (at === start) loops.push(loopOf(walk));
  }
  return loops;
}

/** Whether p comes before q when one turns clockwise around v from the direction of from, which itself comes last. */
export function clockwiseFirst(v: Point, from: Point, p: Point, q: Point): boolean {
  const [toP, toQ] = [compareAround(v, p, from), compareAround(v, q, from)];
  if (toP < 0 !== toQ < 0) return toP < 0;
  if ((toP === 0) !== (toQ === 0)) return toQ === 0;
  return compareAround(v, p, q) > 0;
}

/** Takes out pairs of an edge and its twin: the border between two pieces that become one. */
export function cancel(edges: readonly Edge[]): Edge[] {
  const count = new Map<string, number>();
  for (const e of edges) count.set(edgeKey(e), (count.get(edgeKey(e)) ?? 0) + 1);
  return edges.filter((e) => {
    const other = edgeKey(twin(e));
    const left = count.get(other) ?? 0;
    if (left > 0) count.set(other, left - 1);
    return left <= 0;
  });
}

/** The largest span of a grid: a quarter of the world. */
const widest = 90e7;

/**
 * Makes the polygons of one grid from its directed edges, in canonical form: the rings are the loops that trace walks,
 * cut where they visit a vertex twice; a hole belongs to the smallest outer ring around it.
 */
export function assemble(code: string, edges: readonly Edge[]): Boundary {
  const twice = repeated(edges);
  if (twice !== null) throw new Refusal("not_simple", twice, [code]);
  const box = boxOfEdges(edges);
  if (box.east - box.west > widest || box.north - box.south > widest)
    throw new Refusal("off_the_map", [box.west, box.south], [code]);
  const outers: Loop[] = [];
  const holes: Loop[] = [];
  for (const walk of trace(edges)) {
    for (const ring of cutAtRepeats(walk.edges)) {
      if (ring.area === 0) throw new Refusal("not_simple", firstOf(ring), [code]);
      (ring.area > 0 ? outers : holes).push(ring);
    }
  }
  outers.sort(byFirst);
  holes.sort(byFirst);
  const polygons = outers.map((outer) => {
    if (outers.length > 1 && depth(outer, outers) !== depth(outer, holes))
      throw new Refusal("not_simple", firstOf(outer), [code]);
    return [ringOf(outer)];
  });
  for (const hole of holes) {
    const owner = smallestAround(hole, outers);
    if (owner < 0) throw new Refusal("flips", firstOf(hole), [code]);
    if (depth(hole, outers) !== depth(hole, holes) + 1)
      throw new Refusal("not_simple", firstOf(hole), [code]);
    polygons[owner]?.push(ringOf(hole));
  }
  return polygons;
}

/** The smallest point of edges that come twice, in the same or in both directions. */
function repeated(edges: readonly Edge[]): Point | null {
  const seen = new Set<string>();
  let least: Point | null = null;
  for (const e of edges) {
    const u = undirected(e);
    const name = edgeKey(u);
    if (seen.has(name) && (least === null || compare(u.a, least) < 0)) least = u.a;
    seen.add(name);
  }
  return least;
}

/** Cuts a closed walk into rings that visit no vertex twice. */
function cutAtRepeats(walk: readonly Edge[]): Loop[] {
  const visited = new Map<string, number>();
  let stack: Edge[] = [];
  const rings: Loop[] = [];
  for (const e of walk) {
    visited.set(key(e.a), stack.length);
    stack.push(e);
    const from = visited.get(key(e.b));
    if (from === undefined) continue;
    const ring = stack.slice(from);
    rings.push(loopOf(ring));
    for (const { a } of ring) visited.delete(key(a));
    stack = stack.slice(0, from);
  }
  return rings;
}

/** The loop from its smallest point, closed. */
function ringOf({ edges }: Loop): Point[] {
  let least = 0;
  edges.forEach(({ a }, i) => {
    if (compare(a, (edges[least] as Edge).a) < 0) least = i;
  });
  const points = edges.map((_, i) => (edges[(least + i) % edges.length] as Edge).a);
  return [...points, points[0] as Point];
}

function depth(ring: Loop, others: readonly Loop[]): number {
  return others.filter((other) => surrounds(other, ring)).length;
}

/**
 * Whether the inner loop, which does not cross the outer one, lies inside it. Vertices that both have decide nothing;
 * when the inner one has no vertex of its own, the middle of its first edge that is not shared does.
 */
export function surrounds(outer: Loop, inner: Loop): boolean {
  if (!covers(boxOfEdges(outer.edges), boxOfEdges(inner.edges))) return false;
  const own = new Set(outer.edges.map(({ a }) => key(a)));
  const alone = inner.edges.find(({ a }) => !own.has(key(a)));
  if (alone !== undefined) return inside(outer.edges, spotOf(alone.a));
  const shared = new Set(outer.edges.map((e) => edgeKey(undirected(e))));
  const between = inner.edges.find((e) => !shared.has(edgeKey(undirected(e))));
  return between !== undefined && inside(outer.edges, middle(between));
}

/** The outer loop with the least area that lies around the loop, or -1. */
export function smallestAround(loop: Loop, outers: readonly Loop[]): number {
  let best = -1;
  outers.forEach((outer, i) => {
    if ((best < 0 || outer.area < (outers[best] as Loop).area) && surrounds(outer, loop)) best = i;
  });
  return best;
}
