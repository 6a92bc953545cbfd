import type { Value } from "../../state/value";
import type { Change, Command, NewGrid, Point } from "../coverage/types";
import { Refusal } from "../coverage/types";
import type { RoadPlan } from "../roads/plan";
import type { Field, Snapped } from "./pick";
import type { Scene } from "./scene";
import type { Surface } from "./surface";

export const toolKeys = {
  choose: "V",
  road: "L",
  corner: "M",
  edge: "E",
  split: "X",
  merge: "U",
  reshape: "R",
  hole: "H",
  snap: "S",
  measure: "D",
} as const;
export type ToolName = keyof typeof toolKeys;

/** Where the pointer is, on the screen and on the ground. */
export interface Pointer {
  at: Point;
  px: readonly [number, number];
  /** A finger is thicker than a mouse. */
  touch: boolean;
  /** Adds to the choice. */
  add: boolean;
  /** Do not snap. */
  free: boolean;
}

/** What the tools work on. */
export interface Desk {
  readonly field: Field;
  readonly surface: Surface;
  readonly chosen: readonly string[];
  /** The section that is drawn, which the form beside the map describes. */
  readonly road: Value<RoadPlan>;
  /** The centre lines of the net's sections, each there and back. */
  readonly lines: Field;
  choose(codes: readonly string[]): void;
  snap(at: Point, not?: Point): Snapped;
  /** What a command would do, without doing it. */
  preview(command: Command): Change | Refusal;
  run(command: Command): void;
  /** How the new part of a grid is called until somebody names it. */
  named(code: string): NewGrid;
  /** Tells people a length or an area in their words. */
  length(m: number): string;
  area(m2: number): string;
  /** Something is seen differently now. */
  redraw(): void;
}

/** One tool in hand. What it shows is asked for whenever something moved. */
export interface Tool {
  readonly name: ToolName;
  /** Reports whether the tool takes this drag; else it moves the map. */
  press?(pointer: Pointer): boolean;
  move?(pointer: Pointer): void;
  release?(pointer: Pointer): void;
  /** A press and release on one spot that was no drag. */
  click?(pointer: Pointer): void;
  doubleClick?(pointer: Pointer): void;
  /** Reports whether the key meant something. */
  key?(key: string, shift: boolean): boolean;
  scene(): Scene;
  /** What is under way is given up; reports whether there was anything. */
  cancel(): boolean;
  cursor?(): string;
  /** A line of so many points is being drawn. */
  readonly drawing?: number;
  finish?(): void;
  back?(): void;
}

/** How near in pixels is near enough. */
export function reach({ touch }: Pointer): number {
  return touch ? 22 : 10;
}

export function isRefusal(result: Change | Refusal): result is Refusal {
  return result instanceof Refusal;
}

/** How the outcome of a command looks: the grids it makes, or the place where it fails. */
export function outcome(result: Change | Refusal): Scene {
  if (isRefusal(result)) return result.at === null ? {} : { dots: [{ at: result.at, look: "bad" }] };
  const known = new Set(result.before.map(({ code }) => code));
  return {
    areas: result.after.map(({ code, boundary }) => ({ boundary, look: known.has(code) ? "live" : "new" })),
  };
}
