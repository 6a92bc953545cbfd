import type { Geometry } from "geojson";

/** A point in steps of 1e-7°: longitude, latitude. */
export type Point = readonly [x: number, y: number];
/** Closed: the last point is the first. */
export type Ring = readonly Point[];
/** The outer ring counter-clockwise, then holes clockwise. */
export type Polygon = readonly Ring[];
export type Boundary = readonly Polygon[];

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface Grid {
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly street: string;
  readonly boundary: Boundary;
}

export type Lonlat = readonly number[];
/** What is left out is empty; a split takes the community's next code. */
export interface NewGrid {
  code?: string;
  name?: string;
  kind?: string;
  street?: string;
}

/** One deed on a coverage, as it is sent: positions are degrees. */
export type Command =
  | { op: "move_vertex"; from: Lonlat; to: Lonlat }
  | { op: "insert_vertex"; edge: readonly [Lonlat, Lonlat]; at: Lonlat }
  | { op: "delete_vertex"; at: Lonlat }
  | { op: "move_edge"; edge: readonly [Lonlat, Lonlat]; by: Lonlat }
  | { op: "split"; code: string; line: readonly Lonlat[]; new: NewGrid; keep?: Lonlat }
  | { op: "merge"; codes: readonly string[]; into: string }
  | { op: "reshape"; code: string; line: readonly Lonlat[] }
  | { op: "assign_hole"; at: Lonlat; code: string }
  | {
      op: "snap";
      codes: readonly string[];
      /** Whose borders are snapped to, where the service shall know the lines. */
      layer?: string;
      lines?: readonly (readonly Lonlat[])[];
      tolerance_m: number;
    }
  | { op: "create"; grid: NewGrid & { geometry: Geometry } }
  | { op: "replace"; code: string; geometry: Geometry }
  | { op: "delete"; code: string }
  | { op: "describe"; code: string; name?: string; kind?: string; street?: string; new_code?: string };

/** What the person who edits may do. */
export interface Options {
  /** No command may leave a new or shrunken grid smaller than this. */
  minAreaM2?: number;
  /** The outer outline, and those of divided communities, may change. */
  outline?: boolean;
}

/** Whole grids before and after, by code: one that is only after is new, one that is only before is gone. */
export interface Change {
  readonly before: readonly Grid[];
  readonly after: readonly Grid[];
}

/** Why a command is refused, in the order in which the rules are looked at. */
export type Rule =
  | "not_found"
  | "code_taken"
  | "bad_code"
  | "no_such_vertex"
  | "no_such_edge"
  | "junction"
  | "no_crossing"
  | "not_neighbours"
  | "no_hole"
  | "nothing_changes"
  | "off_the_map"
  | "not_simple"
  | "flips"
  | "crosses"
  | "overlaps"
  | "leaves_community"
  | "too_small"
  | "outline";

/** Why a command changes nothing, where, and whose grids it would have spoiled. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly rule: Rule,
    /** 0, 0 where it has no place. */
    readonly at: Point,
    readonly codes: readonly string[],
  ) {
    super(rule);
  }
}
