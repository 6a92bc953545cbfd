import { compare, type Edge, edgeKey, key, lies } from "./exact";
import type { Point } from "./types";

/** The edges of one side that the other has not, with those joined that go on straight. */
export function straightened(edges: Iterable<Edge>, other: ReadonlySet<string>): Edge[] {
  const own = [...edges].filter((e) => !other.has(edgeKey(e)));
  const leaving = grouped(own, ({ a }) => a);
  const coming = grouped(own, ({ b }) => b);
  /** The one edge that continues e straight, where there is exactly one way through its end. */
  const goesOn = (e: Edge): Edge | null => {
    const [next, second] = leaving.get(key(e.b)) ?? [];
    if (next === undefined || second !== undefined || coming.get(key(e.b))?.length !== 1) return null;
    return lies({ a: e.a, b: next.b }, e.b) ? next : null;
  };
  return own.flatMap((start) => {
    const before = coming.get(key(start.a)) ?? [];
    const [only] = before;
    if (only !== undefined && before.length === 1 && goesOn(only) !== null) return [];
    let e = start;
    for (let next = goesOn(e); next !== null; next = goesOn(e)) e = { a: e.a, b: next.b };
    return [e];
  });
}

function grouped(edges: readonly Edge[], end: (e: Edge) => Point): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const e of edges) {
    const group = groups.get(key(end(e)));
    if (group === undefined) groups.set(key(end(e)), [e]);
    else group.push(e);
  }
  return groups;
}

/** The smallest corner that only one of two outlines has; where they have the same ones, the smallest. */
export function firstMoved(gone: readonly Edge[], come: readonly Edge[]): Point {
  const corners = (edges: readonly Edge[]) =>
    new Map(
      edges.flatMap(({ a, b }) => [
        [key(a), a],
        [key(b), b],
      ]),
    );
  const [before, after] = [corners(gone), corners(come)];
  const all = [...before.values(), ...after.values()];
  const moved = all.filter((p) => before.has(key(p)) !== after.has(key(p)));
  return (moved.length > 0 ? moved : all).reduce((p, q) => (compare(q, p) < 0 ? q : p));
}
