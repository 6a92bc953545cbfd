import type { Position } from "geojson";
import type { FenceCollection } from "../api/city";
import type { Hours } from "../api/rules";
import { holesOf, open, type Point, ringOf } from "./points";

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
  frame: readonly Point[] | null;
  hours: Hours;
  thresholds: Record<string, number>;
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
    frame: p.frame === null ? null : open(p.frame),
    hours: p.hours as Hours,
    thresholds: p.thresholds,
  };
}
