import type { Feature, Geometry, Point } from "geojson";
import type { Alert } from "../api/city";
import { rankOf } from "./rank";

/** How long a cleared alert stays on the map, fading. */
export const fadeMs = 30 * 60_000;
const fadeSteps = 6;

export type AlertFeature = Feature<Point, { rank: number; opacity: number }> & { id: number };

/** The alerts as they stand on the map now. Cleared ones fade in steps and go, unless all of them are asked for. */
export function alertFeatures(alerts: Iterable<Alert>, now: number, keepCleared: boolean): AlertFeature[] {
  const features: AlertFeature[] = [];
  for (const alert of alerts) {
    const opacity = opacityOf(alert, now, keepCleared);
    if (opacity > 0) features.push(feature(alert, opacity));
  }
  return features;
}

export function feature(alert: Alert, opacity = 1): AlertFeature {
  return {
    type: "Feature",
    id: alert.id,
    geometry: { type: "Point", coordinates: [alert.lon, alert.lat] },
    properties: { rank: rankOf(alert), opacity },
  };
}

function opacityOf(alert: Alert, now: number, keepCleared: boolean): number {
  if (alert.cleared_at === null) return 1;
  const age = Math.max(0, now - Date.parse(alert.cleared_at));
  const step = Math.ceil((1 - age / fadeMs) * fadeSteps) / fadeSteps;
  return keepCleared ? Math.max(step, 0.5) : Math.max(step, 0);
}

/** What must be told to the map's source to come from one picture to the next. */
export interface Difference {
  add: AlertFeature[];
  remove: number[];
}

/**
 * Features that changed are added again under their id, which replaces them. Null when nothing changed, so that
 * nothing is sent.
 */
export function difference(
  shown: ReadonlyMap<number, string>,
  wanted: readonly AlertFeature[],
): Difference | null {
  const add = wanted.filter((one) => shown.get(one.id) !== signature(one));
  const keep = new Set(wanted.map((one) => one.id));
  const remove = [...shown.keys()].filter((id) => !keep.has(id));
  return add.length === 0 && remove.length === 0 ? null : { add, remove };
}

/** What of a feature is seen, as text to compare. */
export function signature(one: AlertFeature): string {
  return `${one.geometry.coordinates.join()} ${one.properties.rank} ${one.properties.opacity}`;
}

export function shapeFeature(geometry: Geometry): Feature {
  return { type: "Feature", geometry, properties: {} };
}
