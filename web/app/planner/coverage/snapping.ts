import { eachOnce } from "./course";
import { compare, type Edge, edgeBox, key, meets, pointBox, share } from "./exact";
import { chain, edgesOf } from "./loops";
import { metresPerStep } from "./measure";
import type { Point } from "./types";
import { moveVertices } from "./vertex";
import type { Work } from "./work";

/** How many steps a step has in the plane in which snapping measures: the shrinking of longitudes in whole numbers. */
const finer = 1024;

/** Measures distances near one latitude in whole numbers. */
interface Plane {
  east: number;
  north: number;
}

function planeAt(p: Point): Plane {
  const { x, y } = metresPerStep(pointBox(p));
  return { east: Math.round((x / y) * finer), north: finer };
}

type Vector = readonly [x: bigint, y: bigint];

function vector({ east, north }: Plane, p: Point, q: Point): Vector {
  return [BigInt((q[0] - p[0]) * east), BigInt((q[1] - p[1]) * north)];
}

const dot = (u: Vector, v: Vector) => u[0] * v[0] + u[1] * v[1];

/** The point of the edge that is nearest to p, rounded to steps, halves upwards. */
function nearestOn(plane: Plane, e: Edge, p: Point): Point {
  const u = vector(plane, e.a, e.b);
  const along = dot(u, vector(plane, e.a, p));
  const length = dot(u, u);
  if (along <= 0n) return e.a;
  if (along >= length) return e.b;
  return [e.a[0] + share(e.b[0] - e.a[0], along, length), e.a[1] + share(e.b[1] - e.a[1], along, length)];
}

/**
 * Takes every vertex of the grids that is within the tolerance of a line to its nearest point there (of equally near ones
 * the smallest), all at once, in all the grids that have it. Vertices of a border that may not bend stay.
 */
export function snap(
  work: Work,
  codes: readonly string[],
  lines: readonly (readonly Point[])[],
  toleranceM: number,
): void {
  const edges = lines.flatMap((line) => eachOnce(chain(line)));
  const vertices = new Map<string, Point>();
  for (const code of codes) {
    for (const { a } of edgesOf(work.grid(code).boundary)) vertices.set(key(a), a);
  }
  const first = work.grid(codes[0] ?? "").boundary[0]?.[0]?.[0] ?? [0, 0];
  const plane = planeAt(first);
  const reach = Math.round((toleranceM / metresPerStep(pointBox(first)).y) * finer);
  const moves = new Map<string, { from: Point; to: Point }>();
  for (const from of [...vertices.values()].sort(compare)) {
    if (work.borders.spokes(from).some(({ to }) => work.fixed({ a: from, b: to }))) continue;
    const to = nearest(plane, edges, from, reach);
    if (to !== null && compare(to, from) !== 0) moves.set(key(from), { from, to });
  }
  if (moves.size > 0) moveVertices(work, moves);
}

/** The nearest point to v on the edges; null where none is within reach. */
function nearest(plane: Plane, edges: readonly Edge[], v: Point, reach: number): Point | null {
  const around = pointBox(v, Math.trunc(reach / Math.min(plane.east, plane.north)) + 1);
  let best: Point | null = null;
  let least = BigInt(reach) * BigInt(reach);
  for (const e of edges) {
    if (!meets(around, edgeBox(e))) continue;
    const p = nearestOn(plane, e, v);
    if (!meets(around, pointBox(p))) continue;
    const way = vector(plane, v, p);
    const far = dot(way, way);
    if (far < least || (far === least && (best === null || compare(p, best) < 0))) [best, least] = [p, far];
  }
  return best;
}
