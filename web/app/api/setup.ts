import type { Geometry } from "geojson";
import type { Hours } from "./rules";
import { flag, list, moment, nullable, number, type Of, object, oneOf, raw, text } from "./shape";

/** What is set up of cameras: sources, views, calibrations, masks, and what their frames show of the map. */

export const Pair = object({ pixel: list(number), lonlat: list(number) });
export type Pair = Of<typeof Pair>;

export const SetupView = object({
  id: text,
  pairs: list(Pair),
  masks: list(list(list(number))),
  residual_m: nullable(number),
  leave_one_out_m: nullable(number),
  cone: nullable(raw<Geometry>()),
  /** The picture by which a camera that was knocked is found out; null before it has looked there for a while. */
  reference_url: nullable(text),
});
export type SetupView = Of<typeof SetupView>;

/** Which frames of a stream are decoded. */
export const Decode = oneOf("auto", "keyframes", "all");
export type Decode = Of<typeof Decode>;
export const decodes: readonly Decode[] = ["auto", "keyframes", "all"];

export const CameraSetup = object({
  id: text,
  name: text,
  lon: number,
  lat: number,
  place_class: text,
  composed: flag,
  /** Without its password: *** stands there. */
  source: text,
  /** A smaller stream that is watched in its place, without its password; empty where there is none. */
  substream: text,
  decode: Decode,
  loop: flag,
  fps: number,
  views: list(SetupView),
  /** What is decoded of it now; null while no frame comes. */
  decoded: nullable(object({ stream: oneOf("source", "substream"), width: number, height: number })),
});
export type CameraSetup = Of<typeof CameraSetup>;

/** What is sent of a camera; substream, decode and views that are left out stay as they are. */
export interface CameraChange {
  name: string;
  lon: number;
  lat: number;
  place_class: string;
  source: string;
  substream?: string;
  decode?: Decode;
  loop: boolean;
  fps: number;
  views?: { id: string; pairs: Pair[]; masks: number[][][] }[];
}

export const Trial = object({
  ok: flag,
  still_url: nullable(text),
  reason: text,
  width: number,
  height: number,
  fps: number,
  codec: text,
});
export type Trial = Of<typeof Trial>;

export const Calibration = object({
  residual_m: number,
  leave_one_out_m: nullable(number),
  /** The error carried out to 40 m from the camera; four pairs say nothing of it. */
  at_40m_m: number,
  /** Why these pairs would not be stored; empty when they would. */
  refused: text,
  pairs: list(object({ error_m: number, left_out_m: nullable(number) })),
  cone: nullable(raw<Geometry>()),
});
export type Calibration = Of<typeof Calibration>;

export const AddedView = object({ view: text, reference_url: text, at: text, camera: CameraSetup });
export type AddedView = Of<typeof AddedView>;

export const OverlayItem = object({
  view: text,
  kind: oneOf("community", "road", "fence", "permit"),
  id: text,
  name: text,
  rule: text,
  on_frame: flag,
  outline: list(list(number)),
});
export type OverlayItem = Of<typeof OverlayItem>;
export const Overlay = object({ items: list(OverlayItem), next: nullable(text) });

export const Uncovered = object({
  kind: oneOf("fence", "place"),
  id: text,
  name: text,
  rule: text,
  /** Of a place; of a fence that of the place it lies in, or empty. */
  class: text,
  lon: number,
  lat: number,
  /** Part of it that some view shows. */
  seen: number,
  blind: list(text),
  grid: nullable(object({ code: text, name: text, net: text, street: text, demo: flag })),
});
export type Uncovered = Of<typeof Uncovered>;
export const UncoveredList = object({ items: list(Uncovered), next: nullable(text) });

export const PlaceClass = object({ key: text, name: text, name_en: text });
export type PlaceClass = Of<typeof PlaceClass>;
export const PlaceClasses = object({ classes: list(PlaceClass) });

export const LiveAnswer = object({ sdp: text });

/** Where the same scene is legal, whose it is, and when. */
export const Permit = object({
  id: text,
  name: text,
  holder: text,
  /** The rules that it lifts. */
  rules: list(text),
  area: nullable(raw<Geometry>()),
  hours: raw<Hours>(),
  from: moment,
  /** Exclusive. */
  until: moment,
  /** How large each stall may be, in square metres. */
  stall_m2: nullable(number),
});
export type Permit = Of<typeof Permit>;
export const PermitList = object({ items: list(Permit), next: nullable(text) });

export interface FenceChange {
  name: string;
  rule: string;
  area: Geometry | null;
  view: string | null;
  frame: number[][] | null;
  hours: Hours;
  thresholds: Record<string, number>;
  demo: boolean;
}

/** A place that is watched, of one of the city's classes. */
export const WatchedPlace = object({
  id: text,
  name: text,
  class: text,
  geometry: raw<Geometry>(),
  /** Somebody has to see it. */
  key: flag,
  demo: flag,
});
export type WatchedPlace = Of<typeof WatchedPlace>;
export const PlaceList = object({ classes: list(PlaceClass), items: list(WatchedPlace) });
export type PlaceList = Of<typeof PlaceList>;
