import type { Geometry } from "geojson";
import {
  flag,
  list,
  moment,
  nullable,
  number,
  type Of,
  object,
  oneOf,
  optional,
  raw,
  table,
  text,
} from "./shape";
import { Condition, Named } from "./watching";

/** What the service says: one shape a document, and its type under the same name. */

export const Net = oneOf("community", "road");
export type Net = Of<typeof Net>;
export const nets: readonly Net[] = ["community", "road"];

export const Role = oneOf("operator", "administrator", "officer", "property_manager", "planner");
export type Role = Of<typeof Role>;

/** The private authority whose certificate phones are to trust. */
export const Trust = object({ name: text, sha256: text, not_after: moment });
export type Trust = Of<typeof Trust>;

export const Person = object({ id: number, name: text });
export type Person = Of<typeof Person>;

export const Me = object({
  id: number,
  username: text,
  name: text,
  role: Role,
  beats: list(object({ id: text, name: text, grids: list(object({ net: Net, code: text, name: text })) })),
  city: flag,
  district: object({ code: text, name: text, timezone: text }),
  demo: flag,
});
export type Me = Of<typeof Me>;

export const GridRef = object({ code: text, name: text, net: Net, street: text, demo: flag });
export type GridRef = Of<typeof GridRef>;

export const State = oneOf("raised", "escalated", "cleared");
export type State = Of<typeof State>;
export const Handling = oneOf("new", "acknowledged", "arrived", "handled");
export type Handling = Of<typeof Handling>;

export const Verdict = oneOf("true", "false", "duplicate");
export type Verdict = Of<typeof Verdict>;
export const verdicts: readonly Verdict[] = ["true", "false", "duplicate"];

const alertFields = {
  id: number,
  occupancy: text,
  rule: text,
  matter: object({ code: text, name: text, name_en: text }),
  state: State,
  handling: Handling,
  since: moment,
  raised_at: moment,
  escalated_at: nullable(moment),
  cleared_at: nullable(moment),
  acknowledged_at: nullable(moment),
  acknowledged_by: nullable(Person),
  arrived_at: nullable(moment),
  handled_at: nullable(moment),
  lon: number,
  lat: number,
  sigma_m: number,
  grounded: flag,
  area: nullable(raw<Geometry>()),
  grid: nullable(GridRef),
  grids: object({ community: nullable(GridRef), road: nullable(GridRef) }),
  officer: nullable(Person),
  camera: object({ id: text, name: text }),
  fence: object({ id: text, name: text }),
  composed: flag,
  class: text,
  score: number,
  dwell_s: number,
  evidence_count: number,
  /** What people say of it; null while nobody judged. */
  verdict: nullable(object({ verdict: Verdict, by: Person, at: moment, note: text })),
  /** The rule was right too seldom at this camera: nobody was sent. */
  review_only: flag,
  /** Other cameras that see the same thing. */
  also: list(object({ camera: Named, occupancy: text, cleared_at: nullable(moment) })),
  /** Who has it in hand; null while it waits for somebody. */
  holder: nullable(Person),
  /** The alert that it is the same as, as a person says. */
  merged_into: nullable(number),
  merged: list(number),
  /** Why nobody is told of it now; null where people are. */
  silence: nullable(object({ by: Person, reason: text, until: moment })),
};
export const Alert = object(alertFields);
export type Alert = Of<typeof Alert>;

export const Evidence = object({
  n: number,
  kind: text,
  sha256: text,
  bytes: number,
  content_type: text,
  taken_at: moment,
  /** Whose picture it is; null for a person's photo. */
  camera: nullable(Named),
  url: text,
});
export type Evidence = Of<typeof Evidence>;

/** What a slower model said of the picture before people were told. */
export const SecondLook = object({
  question: text,
  verdict: oneOf("confirmed", "denied", "unanswered"),
  answer: optional(text),
  reason: optional(text),
  model: text,
  at: moment,
  took_s: number,
});

export const Why = object({
  rule: text,
  rule_version: number,
  thresholds: table(number),
  overridden: optional(list(text)),
  dwell_s: number,
  tracks: list(number),
  people: optional(number),
  count: optional(number),
  goods: optional(list(text)),
  witness: optional(text),
  second_look: optional(SecondLook),
  permit: text,
  hours: text,
  model: text,
  frames: number,
});
export type Why = Of<typeof Why>;

export const AlertEvent = object({
  seq: number,
  type: text,
  at: moment,
  person: nullable(Person),
  note: text,
  verdict: optional(Verdict),
});
export type AlertEvent = Of<typeof AlertEvent>;

export const Receipt = object({
  person: Person,
  role: Role,
  /** Empty while the person has none. */
  device: text,
  queued_at: moment,
  delivered_at: nullable(moment),
  shown_at: nullable(moment),
  acknowledged_at: nullable(moment),
});
export type Receipt = Of<typeof Receipt>;

export const AlertDetail = object({
  ...alertFields,
  events: list(AlertEvent),
  evidence: list(Evidence),
  why: Why,
  receipts: list(Receipt),
});
export type AlertDetail = Of<typeof AlertDetail>;

export const AlertPage = object({ items: list(Alert), next: nullable(text), seq: number });
export type AlertPage = Of<typeof AlertPage>;

export const Camera = object({
  id: text,
  name: text,
  lon: number,
  lat: number,
  place_class: text,
  state: oneOf("online", "offline", "unknown"),
  state_since: moment,
  reason: text,
  composed: flag,
  calibrated: flag,
  residual_m: nullable(number),
  leave_one_out_m: nullable(number),
  grid: nullable(GridRef),
  /** What is wrong with what it shows; null when nothing is. */
  condition: nullable(Condition),
});
export type Camera = Of<typeof Camera>;
export const CameraList = object({ items: list(Camera), next: nullable(text) });
export type CameraList = Of<typeof CameraList>;

/** How far an edition came. */
export const EditionState = oneOf(
  "draft",
  "checked",
  "submitted",
  "reviewed",
  "published",
  "superseded",
  "withdrawn",
  "discarded",
);
export type EditionState = Of<typeof EditionState>;

/** The socket's word that an edition changed. */
export const EditionNews = object({
  edition: number,
  version: number,
  state: EditionState,
  net: Net,
  codes: list(text),
  /** West, south, east, north of the grids that changed; null where none did. */
  bound: nullable(list(number)),
});
export type EditionNews = Of<typeof EditionNews>;

/** One message of the socket. Exactly one of alert and camera is there. */
export const FeedEvent = object({
  seq: number,
  type: text,
  at: moment,
  alert: optional(Alert),
  camera: optional(Camera),
  /** What became of an edition that people work on. */
  edition: optional(EditionNews),
  /** How far a rule is trusted at the camera now, by its last verdicts. */
  trust: optional(object({ rule: text, camera: text, review_only: flag, true: number, false: number })),
});
export type FeedEvent = Of<typeof FeedEvent>;

export const Grid = object({
  type: oneOf("Feature"),
  geometry: raw<Geometry>(),
  properties: object({
    code: text,
    name: text,
    net: Net,
    kind: text,
    street: text,
    edition: number,
    demo: flag,
    beat: nullable(object({ id: text, name: text })),
    officers: list(Person),
    section: optional(
      object({
        section_code: text,
        class: number,
        line: list(list(number)),
        left_m: number,
        right_m: number,
      }),
    ),
  }),
});
export type Grid = Of<typeof Grid>;
export const GridCollection = object({
  type: oneOf("FeatureCollection"),
  features: list(Grid),
  edition: nullable(object({ id: number, title: text, from: nullable(moment), demo: flag })),
});
export type GridCollection = Of<typeof GridCollection>;

export const FenceCollection = object({
  type: oneOf("FeatureCollection"),
  features: list(
    object({
      type: oneOf("Feature"),
      geometry: nullable(raw<Geometry>()),
      properties: object({
        id: text,
        name: text,
        rule: text,
        demo: flag,
        thresholds: table(number),
        hours: raw<object>(),
        /** The view on whose frame the fence is drawn; its geometry is the ground it stands for, where somebody drew that. */
        view: nullable(text),
        /** Its outline there, 0 to 1, y down. */
        frame: nullable(list(list(number))),
      }),
    }),
  ),
});
export type FenceCollection = Of<typeof FenceCollection>;

const Owner = object({ code: text, name: text, street: text });
export const Place = object({
  community: nullable(Owner),
  road: nullable(Owner),
  responsible: nullable(
    object({
      net: Net,
      code: text,
      name: text,
      officer: nullable(Person),
      /** Which line of the precedence decided, from 0; null when none did. */
      rule: nullable(number),
    }),
  ),
});
export type Place = Of<typeof Place>;

/** A line of the precedence: which net answers for some matters, everywhere (no places) or in some classes of places. */
const PrecedenceRule = object({
  matters: list(text),
  names: list(object({ code: text, name: text, name_en: text })),
  places: list(text),
  net: Net,
});
export type PrecedenceRule = Of<typeof PrecedenceRule>;
export const Precedence = object({ items: list(PrecedenceRule), next: nullable(text) });

/** A problem document (RFC 9457): what is answered instead of a result. */
export const ProblemDocument = object({
  type: text,
  title: text,
  status: number,
  detail: optional(text),
  errors: optional(list(object({ location: optional(text), message: text }))),
});
