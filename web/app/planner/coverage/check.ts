import { type Borders, type Owned, ordered, type Spoke } from "./borders";
import {
  compare,
  compareAround,
  compareText,
  crossing,
  type Edge,
  edgeBox,
  edgeKey,
  key,
  lies,
  turn,
  undirected,
} from "./exact";
import { type Point, Refusal, type Rule } from "./types";

/** A place where the borders of two grids, or of one with itself, may not be as they are. */
export interface Conflict {
  rule: Rule;
  at: Point;
  /** Ordered; both the same where a grid is in its own way. */
  codes: readonly [string, string];
  /** One border ends on the other instead of crossing it. */
  touch: boolean;
}

export function conflictOf(rule: Rule, at: Point, a: string, b: string, touch = false): Conflict {
  return { rule: a === b ? "not_simple" : rule, at, codes: a < b ? [a, b] : [b, a], touch };
}

export function pairKey([a, b]: readonly [string, string]): string {
  return `${a} ${b}`;
}

/**
 * Looks at the added edges and the vertices at their ends. An edge may meet another only in a vertex that both have.
 * Around a vertex the ground of a grid lies between an edge that leaves and the next one, counter-clockwise, that comes:
 * where two such sectors share a direction their grids overlap.
 */
export function conflictsOf(borders: Borders, added: readonly Owned[]): Conflict[] {
  const found: Conflict[] = [];
  const looked = new Set<string>();
  const vertices = new Map<string, Point>();
  for (const o of added) {
    const e = undirected({ a: o.a, b: o.b });
    if (looked.has(edgeKey(e))) continue;
    looked.add(edgeKey(e));
    vertices.set(key(e.a), e.a);
    vertices.set(key(e.b), e.b);
    for (const f of borders.edgesIn(edgeBox(e))) {
      const met = meeting(e, f);
      if (met === null) continue;
      for (const a of borders.sides(e)) {
        for (const b of borders.sides(f)) found.push(conflictOf("crosses", met.at, a, b, met.touch));
      }
    }
  }
  for (const v of vertices.values()) found.push(...conflictsAt(v, borders.spokes(v)));
  return found;
}

/**
 * Whether two undirected edges meet anywhere but in ends that both have, and where: the crossing, rounded; or the end
 * that lies on the other edge, the smallest of several, and then they only touch.
 */
export function meeting(e: Edge, f: Edge): { at: Point; touch: boolean } | null {
  if (edgeKey(e) === edgeKey(f)) return null;
  const touching = [e.a, e.b, f.a, f.b].filter((p) => lies(e, p) || lies(f, p));
  const [first] = touching.sort(compare);
  if (first !== undefined) return { at: first, touch: true };
  if (!properly(e, f)) return null;
  const inOrder = compare(f.a, e.a) < 0 || (compare(f.a, e.a) === 0 && compare(f.b, e.b) < 0);
  return { at: inOrder ? crossing(f, e) : crossing(e, f), touch: false };
}

/** Whether two edges cross between their ends. */
export function properly(e: Edge, f: Edge): boolean {
  return turn(e.a, e.b, f.a) * turn(e.a, e.b, f.b) < 0 && turn(f.a, f.b, e.a) * turn(f.a, f.b, e.b) < 0;
}

/** Looks at the sectors around one vertex. */
export function conflictsAt(v: Point, around: readonly Spoke[]): Conflict[] {
  const spokes = [...around].sort(
    (a, b) => compareAround(v, a.to, b.to) || inBeforeOut(a, b) || compareText(a.code, b.code),
  );
  const last = new Map<string, boolean>();
  for (const { code, out } of spokes) last.set(code, out);
  // Sectors that the direction lies in; at first those that go on over the east.
  const open = ordered([...last.keys()]).filter((code) => last.get(code));
  const found: Conflict[] = [];
  for (const { code, out } of spokes) {
    if (out) {
      for (const other of open) found.push(conflictOf("overlaps", v, code, other));
      open.push(code);
      continue;
    }
    const i = open.indexOf(code);
    if (i >= 0) open.splice(i, 1);
    else found.push(conflictOf("not_simple", v, code, code));
  }
  return found;
}

function inBeforeOut(a: Spoke, b: Spoke): number {
  return a.out === b.out ? 0 : b.out ? -1 : 1;
}

/** Refuses for the first of the conflicts under the rule, by place and then by codes. */
export function refuseWorst(rule: Rule, conflicts: readonly Conflict[]): void {
  let first: Conflict | null = null;
  for (const one of conflicts) {
    if (one.rule === rule && (first === null || compareConflicts(one, first) < 0)) first = one;
  }
  if (first === null) return;
  throw new Refusal(rule, first.at, rule === "not_simple" ? first.codes.slice(0, 1) : first.codes);
}

function compareConflicts(a: Conflict, b: Conflict): number {
  return compare(a.at, b.at) || compareText(a.codes[0], b.codes[0]) || compareText(a.codes[1], b.codes[1]);
}
