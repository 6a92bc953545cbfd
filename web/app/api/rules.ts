import type { Geometry } from "geojson";
import { Person } from "./city";
import { flag, list, moment, nullable, number, type Of, object, oneOf, table, text } from "./shape";
import { MatterRef, Named } from "./watching";

/** The rules, how right they were, and what a changed one would have done. */

export const Threshold = object({
  key: text,
  value: number,
  default: number,
  unit: text,
  doc: text,
  min: number,
  max: number,
});
export type Threshold = Of<typeof Threshold>;

export const Rule = object({
  key: text,
  name: text,
  name_en: text,
  matter: MatterRef,
  scene: text,
  subjects: list(text),
  goods: list(text),
  /** "untested", or the row of the table that measured it. */
  measured: text,
  thresholds: list(Threshold),
});
export type Rule = Of<typeof Rule>;
export const RuleList = object({ version: number, items: list(Rule), next: nullable(text) });
export type RuleList = Of<typeof RuleList>;

export const Precision = object({
  rule: text,
  camera: Named,
  /** Of the city's clock; null is the whole day. */
  hour: nullable(number),
  true: number,
  false: number,
  duplicate: number,
  precision: nullable(number),
  review_only: flag,
});
export type Precision = Of<typeof Precision>;
export const PrecisionList = object({
  /** A pair whose precision is below it is only reviewed… */
  floor: number,
  /** … once so many verdicts were given. */
  least: number,
  items: list(Precision),
  next: nullable(text),
});
export type PrecisionList = Of<typeof PrecisionList>;

/** Opening hours; without windows it is always open. Days count from Sunday, 0; none is every day. */
export interface Hours {
  windows?: { days?: number[]; from: string; to: string }[];
}

export interface FenceDraft {
  id: string;
  name: string;
  rule: string;
  area: Geometry | null;
  view: string | null;
  frame: number[][] | null;
  hours: Hours;
  thresholds: Record<string, number>;
}

export interface PermitDraft {
  id: string;
  name: string;
  holder: string;
  rules: string[];
  area: Geometry;
  hours: Hours;
  from: string;
  until: string;
}

/** A changed rule, fence or permit, and the cameras and hours that it is tried on. */
export interface BacktestRequest {
  /** Empty is every camera. */
  cameras: string[];
  from: string;
  until: string;
  thresholds: Record<string, Record<string, number>>;
  fences: FenceDraft[];
  permits: PermitDraft[];
}

export const changes = ["missed", "new", "later", "earlier", "cleared_differently", "same"] as const;
export type Change = (typeof changes)[number];

const Told = object({
  raised_at: nullable(moment),
  escalated_at: nullable(moment),
  cleared_at: nullable(moment),
  ended: text,
  pictures: list(text),
});
export type Told = Of<typeof Told>;

export const BacktestItem = object({
  change: oneOf(...changes),
  camera: Named,
  fence: Named,
  rule: text,
  before: nullable(Told),
  after: nullable(Told),
});
export type BacktestItem = Of<typeof BacktestItem>;

export const BacktestState = oneOf("running", "done", "failed", "published", "discarded");
export type BacktestState = Of<typeof BacktestState>;

const Totals = object({
  same: number,
  new: number,
  missed: number,
  earlier: number,
  later: number,
  cleared_differently: number,
});

export const Backtest = object({
  id: text,
  state: BacktestState,
  progress: number,
  observations: number,
  /** Of which there were recordings. */
  cameras: number,
  error: text,
  by: Person,
  created_at: moment,
  from: moment,
  until: moment,
  decided_by: nullable(Person),
  decided_at: nullable(moment),
  /** What it changes, by rule and key. */
  thresholds: table(table(number)),
  fences: list(Named),
  permits: list(Named),
  totals: Totals,
  items: list(BacktestItem),
  /** Items that were counted and not kept. */
  left_out: number,
});
export type Backtest = Of<typeof Backtest>;
export const BacktestList = object({ items: list(Backtest), next: nullable(text) });
export type BacktestList = Of<typeof BacktestList>;
