import { Borders, compareOwned, type Owned } from "./borders";
import { type Conflict, conflictOf, conflictsAt, conflictsOf, pairKey, refuseWorst } from "./check";
import { Communities } from "./communities";
import {
  boxOfEdges,
  compare,
  compareText,
  covers,
  type Edge,
  edgeKey,
  inside,
  middle,
  noBox,
  spotOf,
  twin,
  withPoint,
} from "./exact";
import { assemble, edgesOf, firstOf } from "./loops";
import { boundaryM2 } from "./measure";
import { run } from "./ops";
import { inGap, isFree, rimFrom } from "./rim";
import { firstMoved, straightened } from "./straight";
import { type Box, type Change, type Command, type Grid, type Options, type Point, Refusal } from "./types";
import { normal } from "./whole";
import { Work } from "./work";

const everywhere: Box = { west: -Infinity, south: -Infinity, east: Infinity, north: Infinity };

/**
 * The grids of one net and the index of their borders, which are shared because neighbours hold the same vertices. The
 * twin of the service's engine: the same command gives the same grids, or the same refusal.
 */
export class Coverage {
  readonly #held = new Map<string, Grid>();
  readonly #borders = new Borders();
  /** Pairs of grids that share ground, by their codes, and a place where they do. */
  readonly #overlaps = new Map<string, Conflict>();
  readonly #options: Options;
  readonly #divided: Communities | null;

  constructor(grids: Iterable<Grid>, options: Options = {}, divided: Iterable<Grid> | null = null) {
    this.#options = options;
    this.#divided = divided === null ? null : new Communities(divided);
    const all: Owned[] = [];
    for (const given of grids) {
      if (given.code === "") throw new Refusal("bad_code", [0, 0], [""]);
      if (this.#held.has(given.code)) throw new Refusal("code_taken", [0, 0], [given.code]);
      const edges = normal(given);
      const grid = { ...given, boundary: assemble(given.code, edges) };
      this.#hold(grid);
      for (const { a, b } of edges) {
        const owned = { a, b, code: grid.code };
        this.#borders.add(owned);
        all.push(owned);
      }
    }
    const conflicts = conflictsOf(this.#borders, all);
    refuseWorst("not_simple", conflicts);
    this.#noteOverlaps(conflicts, [...this.#held.keys()]);
  }

  grid(code: string): Grid | null {
    return this.#held.get(code) ?? null;
  }

  grids(): IterableIterator<Grid> {
    return this.#held.values();
  }

  /** The grids whose boxes meet the box. */
  within(box: Box): Grid[] {
    return this.#borders.codesIn(box).flatMap((code) => this.#held.get(code) ?? []);
  }

  /** Does the command whole or not at all; throws Refusal. */
  apply(command: Command): Change {
    const work = new Work(this.#held, this.#borders, this.#options);
    run(work, command);
    work.join();
    return this.#settle(work);
  }

  /** What the command would do. */
  preview(command: Command): Change | Refusal {
    try {
      const change = this.apply(command);
      this.swap(change);
      return change;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Takes a change back, and gives the change that did it. */
  swap({ before, after }: Change): Change {
    this.#exchange(after, before);
    return { before: after, after: before };
  }

  /** Takes these grids as they are, and leaves those out. */
  put(grids: readonly Grid[], removed: readonly string[]): void {
    const codes = new Set([...removed, ...grids.map(({ code }) => code)]);
    this.#exchange(
      [...codes].flatMap((code) => this.#held.get(code) ?? []),
      grids.map((grid) => ({ ...grid, boundary: assemble(grid.code, normal(grid)) })),
    );
  }

  #exchange(before: readonly Grid[], after: readonly Grid[]): void {
    const { removed, added } = difference(before, after);
    this.#replace(before, after, removed, added);
    this.#renewOverlaps(before, after);
  }

  #hold(grid: Grid): void {
    this.#held.set(grid.code, grid);
    this.#borders.addBox(boxOfEdges(edgesOf(grid.boundary)), grid.code);
  }

  /** Puts grids in the place of others. */
  #replace(
    before: readonly Grid[],
    after: readonly Grid[],
    removed: readonly Owned[],
    added: readonly Owned[],
  ): void {
    for (const { code, boundary } of before) {
      this.#held.delete(code);
      this.#borders.dropBox(boxOfEdges(edgesOf(boundary)), code);
    }
    for (const grid of after) this.#hold(grid);
    for (const owned of removed) this.#borders.remove(owned);
    for (const owned of added) this.#borders.add(owned);
  }

  /** Makes the work the state of the coverage, or leaves everything as it was. */
  #settle(work: Work): Change {
    const { change, broken } = this.#assembled(work);
    if (broken?.rule === "off_the_map") throw broken;
    if (broken === null && change.before.length === 0 && change.after.length === 0)
      throw new Refusal("nothing_changes", [0, 0], work.touched());
    const { removed, added } = work.difference();
    removed.sort(compareOwned);
    added.sort(compareOwned);
    const outline = this.#outlineOf(removed, added);
    this.#replace(change.before, change.after, removed, added);
    try {
      this.#check(change, broken, removed, added);
      if (this.#options.outline !== true) refuseOutline(outline, this.#outlineOf(removed, added));
    } catch (error) {
      this.#replace(change.after, change.before, added, removed);
      throw error;
    }
    this.#renewOverlaps(change.before, change.after);
    return change;
  }

  /**
   * Assembles the touched grids; those that come out as they were are left out. Of several rings that cannot be, one that
   * is not simple is told before one that flips, and then the first by code.
   */
  #assembled(work: Work): { change: Change; broken: Refusal | null } {
    const before: Grid[] = [];
    const after: Grid[] = [];
    let broken: Refusal | null = null;
    for (const code of work.touched()) {
      const was = this.#held.get(code);
      let is = work.grids.get(code);
      if (is !== undefined) {
        const { boundary, refused } = assembled(code, work.lines.get(code) ?? []);
        is = { ...is, boundary };
        if (refused !== null && (broken === null || (broken.rule === "flips" && refused.rule !== "flips")))
          broken = refused;
        if (refused === null && boundary.length === 0 && broken === null)
          broken = new Refusal("too_small", was === undefined ? [0, 0] : firstPoint(was), [code]);
      }
      if (was !== undefined && is !== undefined && alike(was, is)) continue;
      if (was !== undefined) before.push(was);
      if (is !== undefined) after.push(is);
    }
    return { change: { before, after }, broken };
  }

  /** Looks at the rules, all but the last, in their order. The coverage already holds the change. */
  #check(
    { before, after }: Change,
    broken: Refusal | null,
    removed: readonly Owned[],
    added: readonly Owned[],
  ): void {
    const isNew = ({ codes }: Conflict) => !this.#overlaps.has(pairKey(codes));
    const conflicts = conflictsOf(this.#borders, added).filter(isNew);
    refuseWorst("not_simple", conflicts);
    if (broken !== null) throw broken;
    refuseWorst("crosses", conflicts);
    const moved = [...removed, ...added].reduce((box, { a, b }) => withPoint(withPoint(box, a), b), noBox);
    const swallowed = this.#swallowed(
      after.map(({ code }) => code),
      moved,
    ).filter(isNew);
    refuseWorst("overlaps", [...conflicts, ...swallowed]);
    if (this.#options.outline !== true) this.#divided?.hold(removed, added);
    this.#refuseSmall(before, after);
  }

  /** Refuses new and shrunken grids below the least area. */
  #refuseSmall(before: readonly Grid[], after: readonly Grid[]): void {
    const least = this.#options.minAreaM2 ?? 0;
    for (const grid of after) {
      const was = before.find(({ code }) => code === grid.code);
      const m2 = boundaryM2(grid.boundary);
      if (m2 >= least || (was !== undefined && m2 >= boundaryM2(was.boundary))) continue;
      throw new Refusal("too_small", firstPoint(grid), [grid.code]);
    }
  }

  /** Keeps the pairs that share ground. Where borders only touch, the ground around that place decides. */
  #noteOverlaps(conflicts: readonly Conflict[], codes: readonly string[]): void {
    const shared = [...conflicts, ...this.#swallowed(codes, everywhere)].flatMap((one) =>
      one.touch ? conflictsAt(one.at, this.#borders.through(one.at)) : [one],
    );
    for (const found of shared) {
      const known = this.#overlaps.get(pairKey(found.codes));
      if (known === undefined || compare(found.at, known.at) < 0)
        this.#overlaps.set(pairKey(found.codes), found);
    }
  }

  /** Looks again at the pairs that a change concerns, where there are any. */
  #renewOverlaps(before: readonly Grid[], after: readonly Grid[]): void {
    if (this.#overlaps.size === 0) return;
    const changed = new Set([...before, ...after].map(({ code }) => code));
    let concerned = false;
    for (const [pair, { codes }] of this.#overlaps) {
      if (!codes.some((code) => changed.has(code))) continue;
      this.#overlaps.delete(pair);
      concerned = true;
    }
    if (!concerned) return;
    const edges = after.flatMap(({ code, boundary }) =>
      edgesOf(boundary).map(({ a, b }) => ({ a, b, code })),
    );
    this.#noteOverlaps(
      conflictsOf(this.#borders, edges),
      after.map(({ code }) => code),
    );
  }

  /** Grids that lie inside each other without their borders meeting, as they can after what moved. */
  #swallowed(codes: readonly string[], moved: Box): Conflict[] {
    return codes.flatMap((code) => {
      const edges = edgesOf(this.#held.get(code)?.boundary ?? []);
      return this.#borders
        .codesIn(boxOfEdges(edges))
        .filter((other) => other !== code)
        .flatMap((other) => [
          ...this.#ringsInside(other, code, moved),
          ...this.#ringsInside(code, other, moved),
        ]);
    });
  }

  /** The outer rings of a grid that lie in another grid. */
  #ringsInside(code: string, outer: string, moved: Box): Conflict[] {
    let around: Edge[] | null = null;
    const found: Conflict[] = [];
    for (const polygon of this.#held.get(code)?.boundary ?? []) {
      const ring = polygon[0] ?? [];
      const box = ring.reduce(withPoint, noBox);
      if (!covers(moved, box)) continue;
      around ??= edgesOf(this.#held.get(outer)?.boundary ?? []);
      if (!covers(boxOfEdges(around), box)) continue;
      // What is on both borders decides nothing.
      const alone = ring.find((p) => !this.#borders.spokes(p).some((spoke) => spoke.code === outer));
      if (alone !== undefined && inside(around, spotOf(alone)))
        found.push(conflictOf("overlaps", alone, code, outer));
    }
    return found;
  }

  /** Those of the borders that a change concerns that belong to the outer outline. */
  #outlineOf(removed: readonly Owned[], added: readonly Owned[]): Map<string, Edge> {
    const found = new Map<string, Edge>();
    const looked = new Set<string>();
    for (const { a, b } of [...removed, ...added]) {
      for (const e of [
        { a, b },
        { a: b, b: a },
      ]) {
        if (looked.has(edgeKey(e)) || !isFree(this.#borders, e)) continue;
        const { loop, closed } = rimFrom(this.#borders, e);
        const outer = closed && loop.area < 0 && !inGap(this.#borders, firstOf(loop));
        looked.add(edgeKey(e));
        for (const f of loop.edges) {
          looked.add(edgeKey(f));
          if (outer && !this.#covered(f)) found.set(edgeKey(f), f);
        }
        if (outer && !this.#covered(e)) found.set(edgeKey(e), e);
      }
    }
    return found;
  }

  /** Whether another grid than its owner lies over the middle of a border. */
  #covered(e: Edge): boolean {
    if (this.#overlaps.size === 0) return false;
    const owners = this.#borders.owners(twin(e));
    return this.#borders
      .codesIn(boxOfEdges([e, twin(e)]))
      .some(
        (code) => !owners.includes(code) && inside(edgesOf(this.#held.get(code)?.boundary ?? []), middle(e)),
      );
  }
}

function assembled(
  code: string,
  edges: readonly Edge[],
): { boundary: Grid["boundary"]; refused: Refusal | null } {
  try {
    return { boundary: assemble(code, edges), refused: null };
  } catch (error) {
    if (error instanceof Refusal) return { boundary: [], refused: error };
    throw error;
  }
}

/** Refuses a change of the outer outline; new vertices that lie exactly on it are none. */
function refuseOutline(before: ReadonlyMap<string, Edge>, after: ReadonlyMap<string, Edge>): void {
  const gone = straightened(before.values(), new Set(after.keys()));
  const come = straightened(after.values(), new Set(before.keys()));
  const had = new Set(gone.map(edgeKey));
  if (gone.length === come.length && come.every((e) => had.has(edgeKey(e)))) return;
  throw new Refusal("outline", firstMoved(gone, come), []);
}

/** The edges that one side has and the other has not. */
function difference(before: readonly Grid[], after: readonly Grid[]): { removed: Owned[]; added: Owned[] } {
  const had = new Map<string, Owned>();
  const name = (e: Edge, code: string) => `${code} ${edgeKey(e)}`;
  for (const { code, boundary } of before) {
    for (const { a, b } of edgesOf(boundary)) had.set(name({ a, b }, code), { a, b, code });
  }
  const added: Owned[] = [];
  for (const { code, boundary } of after) {
    for (const { a, b } of edgesOf(boundary)) {
      if (!had.delete(name({ a, b }, code))) added.push({ a, b, code });
    }
  }
  return { removed: [...had.values()], added };
}

function firstPoint({ boundary }: Grid): Point {
  return boundary[0]?.[0]?.[0] ?? [0, 0];
}

function alike(a: Grid, b: Grid): boolean {
  return (
    compareText(a.code, b.code) === 0 &&
    a.name === b.name &&
    a.kind === b.kind &&
    a.street === b.street &&
    sameBoundary(a.boundary, b.boundary)
  );
}

export function sameBoundary(a: Grid["boundary"], b: Grid["boundary"]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (polygon, i) =>
        polygon.length === b[i]?.length &&
        polygon.every(
          (ring, k) =>
            ring.length === b[i]?.[k]?.length &&
            ring.every((p, n) => compare(p, b[i]?.[k]?.[n] as Point) === 0),
        ),
    )
  );
}
