import type { Box, Point } from "./types";

/**
 * What can be said exactly of points in whole steps. Every decision is the service's own, to the last step: where a
 * double cannot hold a product, a BigInt does.
 */

/** A directed border segment: the grid that owns it lies on its left. */
export interface Edge {
  readonly a: Point;
  readonly b: Point;
}

/** A point in half steps, so that the middle of an edge is one. */
type Spot = readonly [x: number, y: number];

/** Below this the sum of two products is exact in a double. */
const fits = 2 ** 26;
const small = (v: number) => -fits < v && v < fits;

export function same(p: Point, q: Point): boolean {
  return p[0] === q[0] && p[1] === q[1];
}

export function compare(p: Point, q: Point): number {
  return p[0] - q[0] || p[1] - q[1];
}

export function key([x, y]: Point): string {
  return `${x},${y}`;
}

export function edgeKey({ a, b }: Edge): string {
  return `${a[0]},${a[1]} ${b[0]},${b[1]}`;
}

export function twin({ a, b }: Edge): Edge {
  return { a: b, b: a };
}

/** The edge from its smaller end. */
export function undirected(e: Edge): Edge {
  return compare(e.b, e.a) < 0 ? twin(e) : e;
}

export function compareEdges(e: Edge, f: Edge): number {
  return compare(e.a, f.a) || compare(e.b, f.b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const spot = ([x, y]: Point): Spot => [2 * x, 2 * y];
export const middle = ({ a, b }: Edge): Spot => [a[0] + b[0], a[1] + b[1]];
export const spotOf = spot;

function crossSign(ux: number, uy: number, vx: number, vy: number): number {
  if (small(ux) && small(uy) && small(vx) && small(vy)) return Math.sign(ux * vy - uy * vx);
  const cross = bigCross(ux, uy, vx, vy);
  return cross > 0n ? 1 : cross < 0n ? -1 : 0;
}

function bigCross(ux: number, uy: number, vx: number, vy: number): bigint {
  return BigInt(ux) * BigInt(vy) - BigInt(uy) * BigInt(vx);
}

function bigDot(ux: number, uy: number, vx: number, vy: number): bigint {
  return BigInt(ux) * BigInt(vx) + BigInt(uy) * BigInt(vy);
}

/** +1 when c lies left of the line from a to b, -1 when right of it, 0 when exactly on it. */
export function turn(a: Spot, b: Spot, c: Spot): number {
  return crossSign(b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]);
}

/** Whether p lies exactly on the edge, and is none of its ends. */
export function lies({ a, b }: Edge, p: Point): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1]) &&
    !same(p, a) &&
    !same(p, b) &&
    turn(a, b, p) === 0
  );
}

/** Whether p lies between the ends of the edge and as close to it as a point of it does that was rounded to steps. */
export function near({ a, b }: Edge, p: Point): boolean {
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], p[0] - a[0], p[1] - a[1]];
  const span = Math.abs(ux) + Math.abs(uy);
  if (small(ux) && small(uy) && small(vx) && small(vy)) {
    const along = ux * vx + uy * vy;
    return 2 * Math.abs(ux * vy - uy * vx) <= span && along > 0 && along < ux * ux + uy * uy;
  }
  const along = bigDot(ux, uy, vx, vy);
  const aside = bigCross(ux, uy, vx, vy);
  return 2n * (aside < 0n ? -aside : aside) <= BigInt(span) && along > 0n && along < bigDot(ux, uy, ux, uy);
}

/** How far along e, as a fraction above/below with below > 0, the line through f crosses it. */
function crossingRatio(e: Edge, f: Edge): [above: bigint, below: bigint] {
  const [fx, fy] = [f.b[0] - f.a[0], f.b[1] - f.a[1]];
  const above = bigCross(fx, fy, e.a[0] - f.a[0], e.a[1] - f.a[1]);
  const below = above - bigCross(fx, fy, e.b[0] - f.a[0], e.b[1] - f.a[1]);
  return below < 0n ? [-above, -below] : [above, below];
}

/** d·above/below rounded to the nearest integer, halves upwards; below is positive. */
export function share(d: number, above: bigint, below: bigint): number {
  const n = 2n * BigInt(d) * above + below;
  const whole = n / (2n * below);
  return Number(n % (2n * below) < 0n ? whole - 1n : whole);
}

/** The point of e where the line through f crosses it, rounded to steps. The edges must cross properly. */
export function crossing(e: Edge, f: Edge): Point {
  const [u, v] = [undirected(e), undirected(f)];
  const [above, below] = crossingRatio(u, v);
  return [u.a[0] + share(u.b[0] - u.a[0], above, below), u.a[1] + share(u.b[1] - u.a[1], above, below)];
}

/** The whole-step point that lies exactly on e and is nearest to where f crosses it. */
export function latticeCrossing(e: Edge, f: Edge): Point {
  const [u, v] = [undirected(e), undirected(f)];
  const [above, below] = crossingRatio(u, v);
  return stepOf(u, share(stepsOf(u), above, below));
}

/** The whole-step point that lies exactly on e and is nearest to p, which is near it. */
export function latticeNearest(e: Edge, p: Point): Point {
  const u = undirected(e);
  const [ux, uy] = [u.b[0] - u.a[0], u.b[1] - u.a[1]];
  const along = bigDot(ux, uy, p[0] - u.a[0], p[1] - u.a[1]);
  return stepOf(u, share(stepsOf(u), along, bigDot(ux, uy, ux, uy)));
}

/** The number of equal stretches between whole-step points that the edge has. */
function stepsOf({ a, b }: Edge): number {
  let [m, n] = [Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])];
  while (n !== 0) [m, n] = [n, m % n];
  return m;
}

function stepOf(e: Edge, k: number): Point {
  const n = stepsOf(e);
  return [e.a[0] + ((e.b[0] - e.a[0]) / n) * k, e.a[1] + ((e.b[1] - e.a[1]) / n) * k];
}

/** Orders the directions from v to p and from v to q counter-clockwise, beginning in the east. */
export function compareAround(v: Point, p: Point, q: Point): number {
  const [hp, hq] = [lowerHalf(v, p), lowerHalf(v, q)];
  if (hp !== hq) return hq ? -1 : 1;
  return -turn(v, p, q);
}

function lowerHalf(v: Point, p: Point): boolean {
  return p[1] < v[1] || (p[1] === v[1] && p[0] < v[0]);
}

/** Orders points that lie on the edge from its beginning to its end. */
export function compareAlong({ a, b }: Edge, p: Point, q: Point): number {
  const ahead = Math.sign(b[0] - a[0]) || Math.sign(b[1] - a[1]);
  return ahead * compare(p, q);
}

/** Orders points near the edge by how far along it they lie; of two at the same place the smaller one comes first. */
export function compareProjected({ a, b }: Edge, p: Point, q: Point): number {
  // The dot product is the cross product with the second vector turned by a right angle.
  return crossSign(b[0] - a[0], b[1] - a[1], -(p[1] - q[1]), p[0] - q[0]) || compare(p, q);
}

export function edgeBox({ a, b }: Edge): Box {
  return {
    west: Math.min(a[0], b[0]),
    south: Math.min(a[1], b[1]),
    east: Math.max(a[0], b[0]),
    north: Math.max(a[1], b[1]),
  };
}

export function pointBox([x, y]: Point, reach = 0): Box {
  return { west: x - reach, south: y - reach, east: x + reach, north: y + reach };
}

/** The box of nothing: nothing meets it. */
export const noBox: Box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };

export function withPoint(box: Box, [x, y]: Point): Box {
  return {
    west: Math.min(box.west, x),
    south: Math.min(box.south, y),
    east: Math.max(box.east, x),
    north: Math.max(box.north, y),
  };
}

export function boxOfEdges(edges: readonly Edge[]): Box {
  let box = noBox;
  for (const { a } of edges) box = withPoint(box, a);
  return box;
}

export function wider(box: Box): Box {
  return { west: box.west - 1, south: box.south - 1, east: box.east + 1, north: box.north + 1 };
}

export function meets(a: Box, b: Box): boolean {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

export function covers(a: Box, b: Box): boolean {
  return b.west <= b.east && a.west <= b.west && b.east <= a.east && a.south <= b.south && b.north <= a.north;
}

/** Whether the spot lies inside the closed rings that the edges make. For a spot on an edge it means nothing. */
export function inside(edges: readonly Edge[], at: Spot): boolean {
  let odd = false;
  for (const { a, b } of edges) {
    const [ax, ay, bx, by] = [2 * a[0], 2 * a[1], 2 * b[0], 2 * b[1]];
    if (ay > at[1] === by > at[1]) continue;
    if (ax <= at[0] && bx <= at[0]) continue;
    if (ax > at[0] && bx > at[0]) odd = !odd;
    else if ((ay > by ? turn([bx, by], [ax, ay], at) : turn([ax, ay], [bx, by], at)) > 0) odd = !odd;
  }
  return odd;
}

/** Twice the area of the closed rings that the edges make: positive where they turn counter-clockwise. */
export function doubledArea(edges: readonly Edge[]): number {
  const [first] = edges;
  if (first === undefined) return 0;
  const [x, y] = first.a;
  const { west, south, east, north } = boxOfEdges(edges);
  if (small(east - west) && small(north - south)) {
    let total = 0;
    for (const { a, b } of edges) total += (a[0] - x) * (b[1] - y) - (a[1] - y) * (b[0] - x);
    return total;
  }
  let total = 0n;
  for (const { a, b } of edges) total += bigCross(a[0] - x, a[1] - y, b[0] - x, b[1] - y);
  return Number(total);
}
