import { flag, list, moment, nullable, number, type Of, object, text } from "./shape";

/** What the kernel is looking at: who dwells now, and what stopped a candidate. */

export const Named = object({ id: text, name: text });
export type Named = Of<typeof Named>;

/** In shares of the frame, from its top left corner. */
export const Box = object({ x: number, y: number, w: number, h: number });
export type Box = Of<typeof Box>;

export const MatterRef = object({ code: text, name: text, name_en: text });
export type MatterRef = Of<typeof MatterRef>;

export const Dwelling = object({
  camera: Named,
  fence: Named,
  rule: text,
  matter: MatterRef,
  occupancy: text,
  phase: text,
  since: moment,
  last_seen: moment,
  dwell_s: number,
  raise_s: number,
  escalate_s: number,
  progress: number,
  class: text,
  score: number,
  box: Box,
  lon: number,
  lat: number,
  sigma_m: number,
  grounded: flag,
  gate: text,
  alert_id: nullable(number),
});
export type Dwelling = Of<typeof Dwelling>;
export const DwellingList = object({ items: list(Dwelling), next: nullable(text) });
export type DwellingList = Of<typeof DwellingList>;

export const TraceItem = object({
  from: moment,
  until: moment,
  frames: number,
  gate: text,
  passed: flag,
  fence: nullable(Named),
  rule: text,
  occupancy: text,
  class: text,
  track: number,
  score: number,
  box: nullable(Box),
  size_px: nullable(list(number)),
  size_m: nullable(number),
  inside: nullable(flag),
  dwell_s: number,
  permit: text,
  hours: text,
  value: nullable(number),
  limit: nullable(number),
  unit: text,
  note: text,
});
export type TraceItem = Of<typeof TraceItem>;

export const Trace = object({
  camera: Named,
  from: moment,
  until: moment,
  frames: number,
  unfit: list(object({ reason: text, from: moment, until: moment, frames: number })),
  items: list(TraceItem),
  /** Where to go on from, when there was too much to tell. */
  next: nullable(moment),
});
export type Trace = Of<typeof Trace>;

/** Something is wrong with what a camera shows. */
export const Condition = object({
  code: text,
  /** The view that it is of; null off every known view. */
  view: nullable(text),
  since: moment,
  reference_url: nullable(text),
  current_url: nullable(text),
});
export type Condition = Of<typeof Condition>;
