import { compare, type Edge, edgeKey, twin } from "./exact";
import { cancel, firstOf, type Loop, loopOf, reversed, smallestAround, trace } from "./loops";

/** A connected piece of ground that a line has cut out. */
export interface Part {
  /** Its whole border, with the ground on the left. */
  edges: readonly Edge[];
  /** Doubled. */
  area: number;
  /** It has no outer border: the ground around everything. */
  open: boolean;
}

/** Orders parts by size; of two of one size the one with the smaller first point is the larger. */
export function compareParts(p: Part, q: Part): number {
  if (p.open !== q.open) return p.open ? 1 : -1;
  if (p.area !== q.area) return p.area - q.area;
  return compare(firstOf(loopOf(q.edges)), firstOf(loopOf(p.edges)));
}

/** Cuts the ground on the left of the edges along the cuts. */
export function partition(edges: readonly Edge[], cuts: readonly Edge[]): Part[] {
  const outers: Loop[] = [];
  const inners: Loop[] = [];
  for (const loop of trace([...edges, ...cuts, ...reversed(cuts)]))
    (loop.area > 0 ? outers : inners).push(loop);
  const parts = outers.map((loop): Part => ({ ...loop, open: false }));
  const around: Edge[] = [];
  for (const loop of inners) {
    const part = parts[smallestAround(loop, outers)];
    if (part === undefined) around.push(...loop.edges);
    else {
      part.edges = [...part.edges, ...loop.edges];
      part.area += loop.area;
    }
  }
  if (around.length > 0) parts.push({ edges: around, area: 0, open: true });
  // A cut with the same part on both sides cuts nothing.
  for (const part of parts) part.edges = cancel(part.edges);
  return parts.filter(({ edges: left }) => left.length > 0);
}

/** Which part each edge belongs to. */
function owners(parts: readonly Part[]): Map<string, number> {
  return new Map(parts.flatMap(({ edges }, i) => edges.map((e) => [edgeKey(e), i] as const)));
}

/** For each part, the parts on the other side of its cuts. */
export function across(parts: readonly Part[], cuts: readonly Edge[]): number[][] {
  const owner = owners(parts);
  const beside: number[][] = parts.map(() => []);
  for (const e of cuts) {
    const [i, j] = [owner.get(edgeKey(e)), owner.get(edgeKey(twin(e)))];
    if (i === undefined || j === undefined || i === j || beside[i]?.includes(j)) continue;
    beside[i]?.push(j);
    beside[j]?.push(i);
  }
  return beside;
}

/** Keeps the cuts that have two different parts on their sides. */
export function dividing(parts: readonly Part[], cuts: readonly Edge[]): Edge[] {
  const owner = owners(parts);
  return cuts.filter((e) => {
    const [i, j] = [owner.get(edgeKey(e)), owner.get(edgeKey(twin(e)))];
    return i !== undefined && j !== undefined && i !== j;
  });
}

/** The parts that the cuts take off: of each piece of ground the largest part stays. */
export function pockets(parts: readonly Part[], cuts: readonly Edge[]): { kept: Part[]; taken: Part[] } {
  const beside = across(parts, cuts);
  const piece = parts.map(() => -1);
  const largest: number[] = [];
  parts.forEach((_, i) => {
    if (piece[i] !== -1) return;
    const n = largest.length;
    largest.push(i);
    piece[i] = n;
    const queue = [i];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (compareParts(parts[at] as Part, parts[largest[n] as number] as Part) > 0) largest[n] = at;
      for (const j of beside[at] ?? []) {
        if (piece[j] !== -1) continue;
        piece[j] = n;
        queue.push(j);
      }
    }
  });
  const stays = (_: Part, i: number) => largest[piece[i] as number] === i;
  return { kept: parts.filter(stays), taken: parts.filter((part, i) => !stays(part, i)) };
}
