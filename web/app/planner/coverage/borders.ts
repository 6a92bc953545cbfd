import {
  compareEdges,
  compareText,
  type Edge,
  edgeBox,
  edgeKey,
  key,
  lies,
  pointBox,
  same,
  twin,
  undirected,
} from "./exact";
import { Places } from "./places";
import type { Box, Point } from "./types";

/** An edge as seen from one of its ends. */
export interface Spoke {
  to: Point;
  code: string;
  /** The edge leaves this end. */
  out: boolean;
}

/** A directed edge with its grid. */
export interface Owned extends Edge {
  code: string;
}

export function compareOwned(a: Owned, b: Owned): number {
  return compareEdges(a, b) || compareText(a.code, b.code);
}

const none: readonly Spoke[] = [];

/** Finds borders by vertex and by place. */
export class Borders {
  readonly #spokes = new Map<string, Spoke[]>();
  readonly #edges = new Places<Edge>();
  readonly #boxes = new Places<string>();

  add({ a, b, code }: Owned): void {
    const e = { a, b };
    if (!this.has(e) && !this.has(twin(e))) {
      const u = undirected(e);
      this.#edges.insert(edgeBox(u), u);
    }
    this.#put(a, { to: b, code, out: true });
    this.#put(b, { to: a, code, out: false });
  }

  remove({ a, b, code }: Owned): void {
    this.#drop(a, { to: b, code, out: true });
    this.#drop(b, { to: a, code, out: false });
    const e = { a, b };
    if (!this.has(e) && !this.has(twin(e))) {
      const u = undirected(e);
      const name = edgeKey(u);
      this.#edges.remove(edgeBox(u), (other) => edgeKey(other) === name);
    }
  }

  addBox(box: Box, code: string): void {
    this.#boxes.insert(box, code);
  }

  dropBox(box: Box, code: string): void {
    this.#boxes.remove(box, (other) => other === code);
  }

  spokes(at: Point): readonly Spoke[] {
    return this.#spokes.get(key(at)) ?? none;
  }

  /** The spokes of a vertex with those of the borders that it lies on without being part of them. */
  through(at: Point): Spoke[] {
    const spokes = [...this.spokes(at)];
    for (const u of this.edgesIn(pointBox(at))) {
      if (!lies(u, at)) continue;
      for (const e of [u, twin(u)]) {
        for (const code of this.owners(e))
          spokes.push({ to: e.b, code, out: true }, { to: e.a, code, out: false });
      }
    }
    return spokes;
  }

  /** Whether a grid owns the directed edge. */
  has({ a, b }: Edge): boolean {
    return this.spokes(a).some(({ out, to }) => out && same(to, b));
  }

  /** The codes of the grids that own the directed edge. */
  owners({ a, b }: Edge): string[] {
    return this.spokes(a).flatMap(({ out, to, code }) => (out && same(to, b) ? [code] : []));
  }

  /** The codes of the grids on either side of the edge, in order. */
  sides({ a, b }: Edge): string[] {
    return ordered(this.spokes(a).flatMap(({ to, code }) => (same(to, b) ? [code] : [])));
  }

  /** The codes of the grids that have the vertex, in order. */
  codesAt(at: Point): string[] {
    return ordered(this.spokes(at).map(({ code }) => code));
  }

  /** The undirected edges whose boxes meet the box, in order. */
  edgesIn(box: Box): Edge[] {
    return this.#edges.within(box).sort(compareEdges);
  }

  /** The codes of the grids whose boxes meet the box, in order. */
  codesIn(box: Box): string[] {
    return this.#boxes.within(box).sort(compareText);
  }

  #put(at: Point, spoke: Spoke): void {
    const name = key(at);
    const known = this.#spokes.get(name);
    if (known === undefined) this.#spokes.set(name, [spoke]);
    else known.push(spoke);
  }

  #drop(at: Point, { to, code, out }: Spoke): void {
    const name = key(at);
    const known = this.#spokes.get(name);
    const i = known?.findIndex((one) => one.out === out && one.code === code && same(one.to, to)) ?? -1;
    if (known === undefined || i < 0) return;
    if (known.length === 1) this.#spokes.delete(name);
    else known.splice(i, 1);
  }
}

export function ordered(codes: readonly string[]): string[] {
  return [...new Set(codes)].sort(compareText);
}
