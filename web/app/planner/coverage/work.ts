import { type Borders, type Owned, ordered, type Spoke } from "./borders";
import {
  compare,
  compareAlong,
  type Edge,
  edgeBox,
  edgeKey,
  key,
  lies,
  near,
  pointBox,
  same,
  twin,
  undirected,
} from "./exact";
import { chain, edgesOf, reversed } from "./loops";
import { type Grid, type Options, type Point, Refusal } from "./types";

/** A command at work: the grids that it touches, as directed edges, while the coverage stays as it is. */
export class Work {
  /** Touched grids that will be there afterwards; their boundary is in lines. */
  readonly grids = new Map<string, Grid>();
  /** Touched grids; a grid that will be gone has no edges. */
  readonly lines = new Map<string, readonly Edge[]>();

  constructor(
    readonly held: ReadonlyMap<string, Grid>,
    readonly borders: Borders,
    readonly options: Options,
  ) {}

  grid(code: string): Grid {
    const grid = this.held.get(code);
    if (grid === undefined) throw new Refusal("not_found", [0, 0], [code]);
    return grid;
  }

  /** Takes a grid into the work. */
  touch(code: string): readonly Edge[] {
    let edges = this.lines.get(code);
    if (edges === undefined) {
      const grid = this.grid(code);
      edges = edgesOf(grid.boundary);
      this.grids.set(code, grid);
      this.lines.set(code, edges);
    }
    return edges;
  }

  /** Makes a grid of these edges. */
  put(grid: Grid, edges: readonly Edge[]): void {
    this.grids.set(grid.code, grid);
    this.lines.set(grid.code, edges);
  }

  /** Leaves nothing of a grid. */
  drop(code: string): void {
    this.lines.set(code, []);
    this.grids.delete(code);
  }

  touched(): string[] {
    return ordered([...this.lines.keys()]);
  }

  /** The edges of a grid as the work has them. */
  current(code: string): readonly Edge[] {
    return this.lines.get(code) ?? edgesOf(this.grid(code).boundary);
  }

  /** Puts points into a border, for the grids on both sides, ordered from the smaller end of the edge. */
  insert(e: Edge, points: readonly Point[]): void {
    const u = undirected(e);
    for (const code of this.borders.sides(u)) this.lines.set(code, withPoints(this.touch(code), u, points));
  }

  /**
   * Whether a border may not even bend by the rounding of a new vertex: one with a grid on one side only, where the
   * person has no right to the outline. A point may be put into it only where it lies on it exactly.
   */
  fixed(e: Edge): boolean {
    return this.options.outline !== true && (!this.borders.has(e) || !this.borders.has(twin(e)));
  }

  /**
   * Puts a point that becomes a vertex into the borders that it lies on, or so near to that it can only be meant: all but
   * those that end in a vertex that leaves, and those that may not bend.
   */
  weld(p: Point, leaves: ReadonlyMap<string, Point>): void {
    if (this.borders.spokes(p).length > 0) return;
    for (const e of this.borders.edgesIn(pointBox(p, 1))) {
      if (!leaves.has(key(e.a)) && !leaves.has(key(e.b)) && this.meant(e, p)) this.insert(e, [p]);
    }
  }

  /** Whether a point lies on a border, or so near to one that may bend that it can only be meant. */
  meant(e: Edge, p: Point): boolean {
    return near(e, p) && (lies(e, p) || !this.fixed(e));
  }

  /** Makes the work free of T-junctions along what is new in it: a vertex that lies exactly on an edge is put into it. */
  join(): void {
    const vertices = new Map<string, Point>();
    for (const edges of this.lines.values()) for (const { a } of edges) vertices.set(key(a), a);
    const stays = (p: Point) =>
      vertices.has(key(p)) || this.borders.spokes(p).some(({ code }) => !this.lines.has(code));
    // Vertices that no grid had.
    const fresh = [...vertices.values()].filter((p) => this.borders.spokes(p).length === 0).sort(compare);
    for (const p of fresh) {
      for (const e of this.borders.edgesIn(pointBox(p))) if (lies(e, p)) this.insert(e, [p]);
    }
    for (const code of this.touched()) {
      const edges = this.lines.get(code) ?? [];
      this.lines.set(
        code,
        edges.flatMap((e) => {
          const line = this.#along(code, e, fresh, stays);
          return line === null ? [e] : chain(line);
        }),
      );
    }
  }

  /** The edge of a grid with the vertices that lie on it; null for one that the grid had before: it is left as it is. */
  #along(
    code: string,
    e: Edge,
    fresh: readonly Point[],
    stays: (p: Point) => boolean,
  ): readonly Point[] | null {
    const had = (spoke: Spoke) => spoke.out && spoke.code === code && same(spoke.to, e.b);
    if (this.borders.spokes(e.a).some(had)) return null;
    const line = [e.a, e.b];
    for (const f of this.borders.edgesIn(edgeBox(e))) {
      for (const p of [f.a, f.b]) if (lies(e, p) && stays(p)) line.push(p);
    }
    for (const p of fresh) if (lies(e, p)) line.push(p);
    return line.sort((p, q) => compareAlong(e, p, q));
  }

  /** The directed edges that the work takes away and brings. */
  difference(): { removed: Owned[]; added: Owned[] } {
    const removed: Owned[] = [];
    const added: Owned[] = [];
    for (const code of this.touched()) {
      const had = new Map<string, { e: Edge; n: number }>();
      for (const e of edgesOf(this.held.get(code)?.boundary ?? [])) {
        const known = had.get(edgeKey(e));
        if (known === undefined) had.set(edgeKey(e), { e, n: 1 });
        else known.n++;
      }
      for (const { a, b } of this.lines.get(code) ?? []) {
        const known = had.get(edgeKey({ a, b }));
        if (known !== undefined && known.n > 0) known.n--;
        else added.push({ a, b, code });
      }
      for (const { e, n } of had.values()) {
        for (let i = 0; i < n; i++) removed.push({ a: e.a, b: e.b, code });
      }
    }
    return { removed, added };
  }
}

/** The edges with the points put into e, or into its twin; edges without either stay as they are. */
export function withPoints(edges: readonly Edge[], e: Edge, points: readonly Point[]): readonly Edge[] {
  const [name, back] = [edgeKey(e), edgeKey(twin(e))];
  const i = edges.findIndex((have) => edgeKey(have) === name || edgeKey(have) === back);
  const have = edges[i];
  if (have === undefined) return edges;
  const pieces = chain([e.a, ...points, e.b]);
  return [
    ...edges.slice(0, i),
    ...(edgeKey(have) === name ? pieces : reversed(pieces)),
    ...edges.slice(i + 1),
  ];
}
