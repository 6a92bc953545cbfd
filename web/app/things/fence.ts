import type { Position } from "geojson";
import type { FenceCollection } from "../api/city";
import type { Hours } from "../api/rules";
import type { FenceChange } from "../api/setup";
import { holesOf, open, type Point, polygonOf, ringOf } from "../map/points";

export type Fence = FenceCollection["features"][number];

/** A fence as it is being changed. */
export interface FenceDraft {
  id: string;
  known: boolean;
  name: string;
  rule: string;
  area: readonly Point[] | null;
  /** Of the area: kept as they are. */
  holes: readonly Position[][];
  /** The view on whose frame it is drawn; null for one on the map. */
  view: string | null;
  frame: readonly Point[] | null;
  hours: Hours;
  thresholds: Record<string, number>;
  demo: boolean;
}

/** A fence of the city, to be changed. */
export function draftOf({ geometry, properties: p }: Fence): FenceDraft {
  return {
    id: p.id,
    known: true,
    name: p.name,
    rule: p.rule,
    area: ringOf(geometry),
    holes: holesOf(geometry),
    view: p.view,
    frame: p.frame === null ? null : open(p.frame),
    hours: p.hours as Hours,
    thresholds: p.thresholds,
    demo: p.demo,
  };
}

export function newFence(
  name: string,
  rule: string,
  drawn: Pick<FenceDraft, "area" | "view" | "frame">,
): FenceDraft {
  return {
    id: `fence-${crypto.randomUUID().slice(0, 8)}`,
    known: false,
    name,
    rule,
    holes: [],
    hours: {},
    thresholds: {},
    demo: false,
    ...drawn,
  };
}

/** What is sent of it. */
export function changeOf({
  name,
  rule,
  area,
  holes,
  view,
  frame,
  hours,
  thresholds,
  demo,
}: FenceDraft): FenceChange {
  return {
    name: name.trim(),
    rule,
    area: area === null ? null : polygonOf(area, holes),
    view,
    frame: frame === null ? null : frame.map(([x, y]) => [x, y]),
    hours,
    thresholds,
    demo,
  };
}
