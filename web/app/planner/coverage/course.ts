import { properly } from "./check";
import {
  compareEdges,
  compareProjected,
  crossing,
  type Edge,
  edgeBox,
  edgeKey,
  inside,
  key,
  latticeCrossing,
  latticeNearest,
  lies,
  meets,
  middle,
  near,
  same,
  undirected,
  wider,
} from "./exact";
import { chain } from "./loops";
import type { Point } from "./types";
import { type Work, withPoints } from "./work";

/** Points by key. */
export type Points = ReadonlySet<string>;

/**
 * A drawn line together with the borders that it meets: what lies on a border is a vertex of both.
 *
 * A point of the line that is a vertex of a border stays there. One that lies near a border is put into it, and where the
 * border may not bend it goes to the nearest point that lies on it exactly. Vertices of borders that lie near a segment
 * of the line become points of the line. Where a segment crosses an edge otherwise, the crossing, rounded to steps,
 * becomes a point of both, and the nearest exact point again where the edge may not bend.
 */
export class Course {
  readonly points: readonly Point[];
  /** By undirected edge: what is to be put into it. */
  readonly #cuts = new Map<string, { edge: Edge; points: Point[] }>();

  constructor(work: Work, line: readonly Point[], edges: readonly Edge[]) {
    const vertices = new Set(edges.flatMap(({ a, b }) => [key(a), key(b)]));
    const on = new Map<string, Set<string>>();
    const placed = line.map((drawn) => {
      let p = drawn;
      for (const e of edges) {
        if (vertices.has(key(p)) || !near(e, p)) continue;
        if (!lies(e, p) && work.fixed(e)) p = latticeNearest(e, p);
        const known = on.get(key(p));
        if (known === undefined) on.set(key(p), new Set([edgeKey(e)]));
        else known.add(edgeKey(e));
        this.#cut(e, p);
      }
      return p;
    });
    const points: Point[] = [];
    chain(placed).forEach((s, i) => {
      if (i === 0) points.push(s.a);
      points.push(...this.#between(work, s, edges, on));
    });
    this.points = points;
  }

  /** Puts a point into an edge unless it is one of its ends. */
  #cut(e: Edge, p: Point): void {
    const u = undirected(e);
    if (same(p, u.a) || same(p, u.b)) return;
    const known = this.#cuts.get(edgeKey(u));
    if (known === undefined) this.#cuts.set(edgeKey(u), { edge: u, points: [p] });
    else if (!known.points.some((q) => same(p, q))) known.points.push(p);
  }

  /** What the segment meets after its beginning, in order, and its end. */
  #between(
    work: Work,
    s: Edge,
    edges: readonly Edge[],
    on: ReadonlyMap<string, ReadonlySet<string>>,
  ): Point[] {
    const met: Point[] = [];
    const reach = wider(edgeBox(s));
    const [here, there] = [on.get(key(s.a)), on.get(key(s.b))];
    for (const e of edges) {
      if (!meets(reach, edgeBox(e))) continue;
      let through = false;
      for (const v of [e.a, e.b]) {
        if (same(v, s.a) || same(v, s.b)) through = true;
        else if (near(s, v)) {
          met.push(v);
          through = true;
        }
      }
      if (through || here?.has(edgeKey(e)) || there?.has(edgeKey(e)) || !properly(s, e)) continue;
      const at = work.fixed(e) ? latticeCrossing(e, s) : crossing(e, s);
      this.#cut(e, at);
      if (!same(at, s.a) && !same(at, s.b)) met.push(at);
    }
    met.sort((p, q) => compareProjected(s, p, q));
    return [...met.filter((p, i) => i === 0 || !same(p, met[i - 1] as Point)), s.b];
  }

  /** Puts those points into the edges that are wanted; null wants all. */
  withCuts(edges: readonly Edge[], wanted: Points | null): readonly Edge[] {
    let noded = edges;
    for (const { edge, points } of this.#wanted(wanted)) noded = withPoints(noded, edge, points);
    return noded;
  }

  /** Puts the wanted points into the borders of the work. */
  settle(work: Work, wanted: Points): void {
    for (const { edge, points } of this.#wanted(wanted)) work.insert(edge, points);
  }

  /** The wanted points of each edge, from its smaller end. */
  #wanted(wanted: Points | null): { edge: Edge; points: Point[] }[] {
    return [...this.#cuts.values()].flatMap(({ edge, points }) => {
      const kept = points.filter((p) => wanted === null || wanted.has(key(p)));
      kept.sort((p, q) => compareProjected(edge, p, q));
      return kept.length === 0 ? [] : [{ edge, points: kept }];
    });
  }

  /**
   * The stretches of the course between vertices of the border, each within the ground (or outside it) all the way.
   * Those that begin or end in the middle of nowhere, and those along the border, are left out. Each
   * edge is given once, however often the line goes over it.
   */
  runs(border: readonly Edge[], within: boolean): Edge[] {
    const vertices = new Set(border.map(({ a }) => key(a)));
    const own = new Set(border.map((e) => edgeKey(undirected(e))));
    const runs: Edge[] = [];
    let run: Edge[] | null = null;
    for (const e of chain(this.points)) {
      if (vertices.has(key(e.a))) run = [];
      if (own.has(edgeKey(undirected(e))) || inside(border, middle(e)) !== within) run = null;
      if (run === null) continue;
      run.push(e);
      if (vertices.has(key(e.b))) {
        runs.push(...run);
        run = null;
      }
    }
    return eachOnce(runs);
  }
}

/** The edges without direction, each once, in order. */
export function eachOnce(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map(undirected).map((e) => [edgeKey(e), e])).values()].sort(compareEdges);
}

export function pointsIn(edges: readonly Edge[]): Points {
  return new Set(edges.flatMap(({ a, b }) => [key(a), key(b)]));
}
