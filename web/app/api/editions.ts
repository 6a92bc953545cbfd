import type { Geometry } from "geojson";
import { EditionState, Grid, Net, Person } from "./city";
import { flag, list, moment, nullable, number, type Of, object, oneOf, optional, raw, text } from "./shape";

/** What the service says of editions that are being made: drafts, their commands, what they move, who reviews them. */

export const Draft = object({
  id: number,
  net: Net,
  title: text,
  state: EditionState,
  /** In force from then on; of a draft, when it shall begin, null while nobody said. */
  from: nullable(moment),
  until: nullable(moment),
  version: number,
  /** The edition whose grids it began with. */
  base: nullable(number),
  /** The edition that it follows, and that its changes are told against. */
  replaces: nullable(number),
  /** Of a draft that was overtaken: the edition published since. */
  newer: nullable(number),
  demo: flag,
  grids: number,
  author: nullable(Person),
  submitter: nullable(Person),
  reviewer: nullable(Person),
  review_note: text,
  /** Codes of the grids that differ from the edition that it follows. */
  changed: list(text),
  can_undo: flag,
  can_redo: flag,
});
export type Draft = Of<typeof Draft>;

export const DraftList = object({ items: list(Draft), next: nullable(text) });
export type DraftList = Of<typeof DraftList>;

/** What a command, an undo or a redo did. */
export const Commanded = object({
  version: number,
  changed: list(Grid),
  removed: list(text),
  can_undo: flag,
  can_redo: flag,
});
export type Commanded = Of<typeof Commanded>;

export const Conflict = object({
  code: text,
  base: nullable(raw<Geometry>()),
  theirs: nullable(raw<Geometry>()),
  yours: nullable(raw<Geometry>()),
});
export type Conflict = Of<typeof Conflict>;

/** What a refused command's problem document says besides. */
export const RefusalDocument = object({
  rule: optional(text),
  at: optional(nullable(list(number))),
  codes: optional(list(text)),
  version: optional(number),
  conflicts: optional(list(Conflict)),
});
export type RefusalDocument = Of<typeof RefusalDocument>;

/** A command of a draft that does not apply to the edition published since. */
export const LateCommand = object({
  seq: number,
  op: text,
  by: nullable(Person),
  at: moment,
  rule: text,
  text,
  place: nullable(list(number)),
  codes: list(text),
  /** The grids that it changed: before it, as they would be without it, and as it made them. */
  shapes: list(Conflict),
});
export type LateCommand = Of<typeof LateCommand>;

/** What the problem document of a rebase says besides. */
export const OvertakenDocument = object({ onto: number, late: list(LateCommand) });

export const Finding = object({
  rule: text,
  text,
  at: nullable(list(number)),
  codes: list(text),
  warning: flag,
});
export type Finding = Of<typeof Finding>;
export const Check = object({ version: number, state: EditionState, problems: list(Finding) });
export type Check = Of<typeof Check>;

const Home = nullable(object({ code: text, name: text }));
const Moved = { name: text, from: Home, to: Home, lon: number, lat: number };

export const Impact = object({
  grids: list(
    object({
      code: text,
      name: text,
      change: oneOf("changed", "new", "removed"),
      area_before_m2: number,
      area_after_m2: number,
    }),
  ),
  cameras: list(object({ id: text, ...Moved })),
  places: list(object({ id: text, ...Moved })),
  fences: list(object({ id: text, ...Moved })),
  officers: list(object({ id: number, name: text, grids_before: number, grids_after: number })),
  alerts: list(object({ id: number, ...Moved })),
  beats: list(
    object({
      id: text,
      name: text,
      alerts_before: number,
      alerts_after: number,
      area_before_m2: number,
      area_after_m2: number,
    }),
  ),
  /** The ground that changes hands. */
  moved: nullable(raw<Geometry>()),
});
export type Impact = Of<typeof Impact>;

export const LogEntry = object({
  seq: number,
  version: number,
  op: text,
  command: raw(),
  codes: list(text),
  by: nullable(Person),
  at: moment,
});
export type LogEntry = Of<typeof LogEntry>;
export const DraftLog = object({ items: list(LogEntry) });

/** What can be mended in an edition: a gap, a sliver, an overlap or a corner beside a border, and what would become of it. */
export const Mend = object({
  id: text,
  kind: oneOf("gap", "sliver", "overlap", "near_miss"),
  area_m2: number,
  width_m: number,
  at: list(number),
  /** The one that gets the ground comes first. */
  codes: list(text),
  geometry: nullable(raw<Geometry>()),
  offer: text,
});
export type Mend = Of<typeof Mend>;
export const MendList = object({ version: number, tolerance_m: number, total: number, mends: list(Mend) });
export type MendList = Of<typeof MendList>;

/** A survey file that was brought, and what became of it. */
export const Import = object({
  id: number,
  state: oneOf("reading", "drafted", "refused"),
  step: text,
  grids: number,
  refusal: nullable(object({ location: text, message: text })),
  edition: nullable(number),
});
export type Import = Of<typeof Import>;

/** A beat: the grids of both nets that one team answers for. */
export const Beat = object({
  id: text,
  name: text,
  /** 1 to 8; 0 while nobody chose one. */
  colour: number,
  grids: list(object({ net: Net, code: text, name: text })),
  /** The first answers first. */
  members: list(Person),
});
export type Beat = Of<typeof Beat>;
export const BeatList = object({ items: list(Beat), officers: list(Person), next: nullable(text) });
export type BeatList = Of<typeof BeatList>;

/** All of a beat as it shall be. */
export interface BeatChange {
  name: string;
  colour: number;
  grids: readonly { net: Net; code: string }[];
  members: readonly number[];
  take_over: boolean;
}
