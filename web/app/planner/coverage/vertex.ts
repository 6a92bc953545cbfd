import { ordered } from "./borders";
import {
  compare,
  compareAlong,
  type Edge,
  edgeBox,
  key,
  lies,
  pointBox,
  same,
  twin,
  undirected,
} from "./exact";
import { type Point, Refusal } from "./types";
import type { Work } from "./work";

/** Vertices that go elsewhere, by key. */
type Moves = ReadonlyMap<string, { from: Point; to: Point }>;

/**
 * Takes vertices elsewhere, all at once, in every grid that has them.
 *
 * A vertex that comes to lie on a border, exactly or as near as rounding leaves it, is put into that border; one that
 * comes to lie on another vertex becomes one with it, and an edge between the two vanishes. T-junctions are closed
 * first: a border on which the vertex lies moves with it, and vertices that lie on an edge that moves are put into it. A
 * grid that would touch itself in the new place is refused.
 */
export function moveVertices(work: Work, moves: Moves): void {
  const each = [...moves.values()].sort((a, b) => compare(a.from, b.from));
  const codes = ordered(each.flatMap(({ from }) => [...work.borders.codesAt(from), ...heal(work, from)]));
  const leaving = new Map(each.map(({ from, to }) => [key(from), to]));
  const targets = [...new Map(each.map(({ to }) => [key(to), to])).values()].sort(compare);
  for (const p of targets) {
    if (!onTheMap(p)) throw new Refusal("off_the_map", p, codes);
    work.weld(p, leaving);
  }
  for (const code of codes) {
    const before = work.touch(code);
    const after = before.flatMap(({ a, b }): Edge[] => {
      const e = { a: leaving.get(key(a)) ?? a, b: leaving.get(key(b)) ?? b };
      return same(e.a, e.b) ? [] : [e];
    });
    work.lines.set(code, after);
    for (const { from, to } of each) {
      if (visits(after, to) > Math.max(1, visits(before, from))) throw new Refusal("not_simple", to, [code]);
    }
  }
}

function visits(edges: readonly Edge[], p: Point): number {
  return edges.filter(({ a }) => same(a, p)).length;
}

/**
 * Closes the T-junctions at v: v is put into the borders of other grids on which it lies, and vertices that lie exactly on
 * the edges around v into these. It gives the codes of the grids that now have v.
 */
function heal(work: Work, v: Point): string[] {
  const codes: string[] = [];
  const have = work.borders.codesAt(v);
  for (const e of work.borders.edgesIn(pointBox(v, 1))) {
    const sides = work.borders.sides(e);
    if (sides.some((code) => have.includes(code)) || !work.meant(e, v)) continue;
    work.insert(e, [v]);
    codes.push(...sides);
  }
  for (const { to } of [...work.borders.spokes(v)]) {
    const e = undirected({ a: v, b: to });
    const on = work.borders.edgesIn(edgeBox(e)).flatMap((f) => [f.a, f.b].filter((p) => lies(e, p)));
    if (on.length > 0)
      work.insert(
        e,
        on.sort((p, q) => compareAlong(e, p, q)),
      );
  }
  return codes;
}

export function moveVertex(work: Work, from: Point, to: Point): void {
  if (work.borders.spokes(from).length === 0) throw new Refusal("no_such_vertex", from, []);
  moveVertices(work, new Map([[key(from), { from, to }]]));
}

/** Takes both ends of an edge the same way. */
export function moveEdge(work: Work, e: Edge, by: Point): void {
  needEdge(work, e);
  const moves = new Map([e.a, e.b].map((from) => [key(from), { from, to: plus(from, by) }]));
  moveVertices(work, moves);
}

const most = 2 ** 31 - 1;
/** Stays off the map where the sum leaves it. */
function plus([x, y]: Point, [dx, dy]: Point): Point {
  return [Math.min(Math.max(x + dx, -most), most), Math.min(Math.max(y + dy, -most), most)];
}

export function onTheMap([x, y]: Point): boolean {
  return Math.abs(x) <= 180e7 && Math.abs(y) <= 90e7;
}

function needEdge({ borders }: Work, e: Edge): void {
  if (!borders.has(e) && !borders.has(twin(e))) throw new Refusal("no_such_edge", e.a, []);
}

/**
 * Puts a vertex into an edge, for the grids on both sides, wherever it lies. A place on or next to another border is put
 * into that one too; a place where there is a vertex makes one with it.
 */
export function insertVertex(work: Work, e: Edge, at: Point): void {
  needEdge(work, e);
  if (same(at, e.a) || same(at, e.b)) return;
  const codes = work.borders.sides(e);
  const before = codes.map((code) => visits(work.touch(code), at));
  work.insert(e, [at]);
  work.weld(at, new Map());
  codes.forEach((code, i) => {
    if ((before[i] ?? 0) > 0 || visits(work.touch(code), at) > 1) throw new Refusal("not_simple", at, [code]);
  });
}

/**
 * Makes one edge of two. Where more than two borders meet nothing can be deleted: the grids there would leave a gap.
 */
export function deleteVertex(work: Work, at: Point): void {
  const spokes = work.borders.spokes(at);
  if (spokes.length === 0) throw new Refusal("no_such_vertex", at, []);
  const codes = work.borders.codesAt(at);
  if (new Set(spokes.map(({ to }) => key(to))).size !== 2) throw new Refusal("junction", at, codes);
  for (const code of codes) {
    let [came, goes] = [at, at];
    const after: Edge[] = [];
    for (const e of work.touch(code)) {
      if (same(e.b, at)) came = e.a;
      else if (same(e.a, at)) goes = e.b;
      else after.push(e);
    }
    work.lines.set(code, [...after, { a: came, b: goes }]);
  }
}
