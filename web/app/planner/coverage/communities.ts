import { type Owned, ordered } from "./borders";
import { meeting } from "./check";
import {
  boxOfEdges,
  compareAlong,
  compareEdges,
  compareProjected,
  type Edge,
  edgeBox,
  inside,
  lies,
  meets,
  middle,
  near,
  same,
  twin,
  undirected,
} from "./exact";
import { cancel, chain, edgesOf } from "./loops";
import { straightened } from "./straight";
import { type Box, type Grid, type Point, Refusal } from "./types";

export function communityOf(code: string): string {
  return code.slice(0, 12);
}

interface Outline {
  /** The community lies on their left; what goes on straight is one edge. */
  edges: readonly Edge[];
  box: Box;
}

/** The communities that an edition divides into several grids, with their outlines. */
export class Communities {
  readonly #outlines = new Map<string, Outline>();

  constructor(grids: Iterable<Grid>) {
    const members = new Map<string, Grid[]>();
    for (const grid of grids) {
      const community = communityOf(grid.code);
      const known = members.get(community);
      if (known === undefined) members.set(community, [grid]);
      else known.push(grid);
    }
    for (const [community, parts] of members) {
      if (parts.length < 2) continue;
      const edges = cancel(parts.flatMap(({ boundary }) => edgesOf(boundary)));
      const joined = straightened(edges, new Set()).sort(compareEdges);
      this.#outlines.set(community, { edges: joined, box: boxOfEdges(joined) });
    }
  }

  has(community: string): boolean {
    return this.#outlines.has(community);
  }

  /**
   * Refuses new borders by which a grid of a divided community owns ground outside its outline, or another grid ground
   * inside. An edge that lies on one that the grid had before is not new.
   */
  hold(removed: readonly Owned[], added: readonly Owned[]): void {
    for (const o of added) {
      if (removed.some((had) => had.code === o.code && contains(had, o))) continue;
      const own = communityOf(o.code);
      const box = edgeBox(o);
      for (const community of this.#around(box)) {
        const outline = this.#outlines.get(community);
        const at = outline === undefined ? null : leaves(outline, o, own === community);
        if (at !== null) throw new Refusal("leaves_community", at, [o.code]);
      }
      const outline = this.#outlines.get(own);
      if (outline !== undefined && !meets(outline.box, box))
        throw new Refusal("leaves_community", o.a, [o.code]);
    }
  }

  #around(box: Box): string[] {
    return ordered(
      [...this.#outlines].flatMap(([community, outline]) => (meets(outline.box, box) ? [community] : [])),
    );
  }
}

/** Whether f lies on e, as near as rounding leaves it, and goes the same way. */
function contains(e: Edge, f: Edge): boolean {
  return (
    (same(f.a, e.a) || near(e, f.a)) && (same(f.b, e.b) || near(e, f.b)) && compareProjected(e, f.a, f.b) < 0
  );
}

/** Where the ground on the left of the edge is on the wrong side of the outline, or the edge crosses it; null nowhere. */
function leaves({ edges }: Outline, e: Edge, member: boolean): Point | null {
  const line = [e.a, e.b];
  const box = edgeBox(e);
  for (const f of edges) {
    if (!meets(box, edgeBox(f))) continue;
    const met = meeting(undirected(e), undirected(f));
    if (met !== null && !met.touch && !near(f, e.a) && !near(f, e.b)) return met.at;
    if (lies(e, f.a)) line.push(f.a);
  }
  line.sort((p, q) => compareAlong(e, p, q));
  for (const piece of chain(line)) if (leftIsInside(edges, piece) !== member) return undirected(piece).a;
  return null;
}

function leftIsInside(edges: readonly Edge[], e: Edge): boolean {
  for (const f of edges) {
    if (contains(f, e)) return true;
    if (contains(f, twin(e))) return false;
  }
  return inside(edges, middle(e));
}
