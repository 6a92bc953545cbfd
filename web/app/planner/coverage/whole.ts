import {
  compare,
  compareProjected,
  compareText,
  doubledArea,
  type Edge,
  edgeBox,
  edgeKey,
  key,
  near,
  same,
  twin,
  wider,
} from "./exact";
import { cancel, chain, edgesOf, reversed } from "./loops";
import { gapAround } from "./rim";
import { type Boundary, type Grid, type Point, Refusal } from "./types";
import { onTheMap } from "./vertex";
import type { Work } from "./work";

/** Refuses what a new grid cannot be called. */
export function refuseCode(work: Work, code: string): void {
  if (!wellFormed(code)) throw new Refusal("bad_code", [0, 0], [code]);
  if (work.held.has(code)) throw new Refusal("code_taken", [0, 0], [code]);
}

export function wellFormed(code: string): boolean {
  return /^[0-9]{15}$/.test(code);
}

/** The code after the last one of the community that the code belongs to; empty where there is none. */
export function nextCode(codes: Iterable<string>, of: string): string {
  if (!wellFormed(of)) return "";
  const community = of.slice(0, 12);
  let last = 0;
  for (const code of codes) {
    if (wellFormed(code) && code.startsWith(community)) last = Math.max(last, Number(code.slice(12)));
  }
  return last === 999 ? "" : `${community}${String(last + 1).padStart(3, "0")}`;
}

/** Adds a grid. Its vertices are put into the borders on which they lie, the neighbours' into its own. */
export function create(work: Work, grid: Grid): void {
  refuseCode(work, grid.code);
  shape(work, grid);
}

/** Gives a grid another boundary. Neighbours do not follow: what it leaves becomes a gap. */
export function replace(work: Work, code: string, boundary: Boundary): void {
  const grid = work.grid(code);
  work.drop(code);
  shape(work, { ...grid, boundary });
}

/** Puts a grid into the work as it was drawn: rings may turn either way and repeat points. */
function shape(work: Work, grid: Grid): void {
  const edges = normal(grid);
  const own = new Map(edges.map(({ a }) => [key(a), a]));
  for (const p of [...own.values()].sort(compare)) work.weld(p, new Map());
  const joined = edges.flatMap((e) => {
    // It may be a border already.
    if (work.borders.has(twin(e))) return [e];
    const line = [e.a, e.b];
    for (const f of work.borders.edgesIn(wider(edgeBox(e)))) {
      for (const p of [f.a, f.b])
        if (near(e, p) && !own.has(key(p)) && othersHave(work, p, grid.code)) line.push(p);
    }
    return chain(line.sort((p, q) => compareProjected(e, p, q)));
  });
  work.put(grid, joined);
}

function othersHave({ borders }: Work, p: Point, code: string): boolean {
  return borders.spokes(p).some((spoke) => spoke.code !== code);
}

/** The edges of a boundary with its outer rings counter-clockwise, its holes clockwise, and no repeated points. */
export function normal({ code, boundary }: Grid): Edge[] {
  const edges: Edge[] = [];
  for (const polygon of boundary) {
    polygon.forEach((points, i) => {
      for (const p of points) if (!onTheMap(p)) throw new Refusal("off_the_map", p, [code]);
      const ring = chain(points);
      const [first, last] = [points[0], points.at(-1)];
      if (ring.length < 3 || first === undefined || last === undefined || !same(first, last))
        throw new Refusal("not_simple", first ?? [0, 0], [code]);
      edges.push(...((i === 0) === doubledArea(ring) > 0 ? ring : reversed(ring)));
    });
  }
  if (edges.length === 0) throw new Refusal("not_simple", [0, 0], [code]);
  return edges;
}

export function remove(work: Work, code: string): void {
  work.grid(code);
  work.drop(code);
}

interface Words {
  name?: string;
  kind?: string;
  street?: string;
  new_code?: string;
}

/** Changes what is given, and the code where there is a new one. */
export function describe(work: Work, code: string, { name, kind, street, new_code = "" }: Words): void {
  const grid = work.grid(code);
  const edges = edgesOf(grid.boundary);
  const renamed = new_code !== "" && new_code !== code;
  if (renamed) {
    refuseCode(work, new_code);
    work.drop(code);
  }
  const said = {
    ...grid,
    code: renamed ? new_code : code,
    name: name ?? grid.name,
    kind: kind ?? grid.kind,
    street: street ?? grid.street,
  };
  work.put(said, edges);
}

/**
 * Makes one grid of several: the grid `into` takes the others in the order in which they are named, each as soon as it
 * shares an edge with what there is, and keeps its own code and names.
 */
export function merge(work: Work, codes: readonly string[], into: string): void {
  if (!codes.includes(into)) throw new Refusal("not_found", [0, 0], [into]);
  for (const code of codes) work.grid(code);
  let rest = [...new Set(codes)].filter((code) => code !== into);
  let edges = work.touch(into);
  while (rest.length > 0) {
    const next = rest.find((code) => touching(edges, work.touch(code)));
    if (next === undefined) {
      const at = edges[0]?.a ?? [0, 0];
      throw new Refusal("not_neighbours", at, rest.sort(compareText));
    }
    edges = cancel([...edges, ...work.touch(next)]);
    work.drop(next);
    rest = rest.filter((code) => code !== next);
  }
  work.put(work.grid(into), edges);
}

/** Whether the edges of two grids have a border in common. */
function touching(a: readonly Edge[], b: readonly Edge[]): boolean {
  const have = new Set(a.map(edgeKey));
  return b.some((e) => have.has(edgeKey(twin(e))));
}

/** Gives the gap around the point to a grid that borders on it; what lies as an island in the gap stays out. */
export function assignHole(work: Work, at: Point, code: string): void {
  work.grid(code);
  const gap = gapAround(work.borders, at);
  if (gap === null) throw new Refusal("no_hole", at, []);
  const edges = work.touch(code);
  if (!touching(edges, gap.edges)) throw new Refusal("not_neighbours", at, [code]);
  work.put(work.grid(code), cancel([...edges, ...gap.edges]));
}
