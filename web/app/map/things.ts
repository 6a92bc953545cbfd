import type { Feature } from "geojson";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Permit, WatchedPlace } from "../api/setup";
import { colour } from "../theme/theme";
import { labelPoint } from "./measure";

/** What planners draw on the map beside the grids. */
export const thingKinds = ["fences", "permits", "places"] as const;
export type ThingKind = (typeof thingKinds)[number];

/** The layers in which a click hits a thing, the first that is hit. */
export const thingLayers: Record<string, ThingKind> = {
  "place-dot": "places",
  "permit-fill": "permits",
  "fence-fill": "fences",
  "place-area": "places",
};

/** Permits by whether they hold at the moment that is looked at; those that are over are not shown. */
export function permitFeatures(permits: readonly Permit[], moment: number): Feature[] {
  return permits.flatMap(({ id, name, area, from, until }) =>
    area === null || moment >= Date.parse(until)
      ? []
      : [{ type: "Feature", geometry: area, properties: { id, name, holds: moment >= Date.parse(from) } }],
  );
}

/** Each place as its dot, below which lies its extent where that is drawn. */
export function placeFeatures(
  places: readonly WatchedPlace[],
  markOf: (placeClass: string) => string,
): Feature[] {
  return places.flatMap(({ id, name, class: of, key, geometry }): Feature[] => {
    const properties = { id, name, key, mark: markOf(of) };
    if (geometry.type === "Point") return [{ type: "Feature", geometry, properties }];
    const at = labelPoint(geometry);
    const extent: Feature = { type: "Feature", geometry, properties };
    return at === null
      ? [extent]
      : [extent, { type: "Feature", geometry: { type: "Point", coordinates: at }, properties }];
  });
}

/** A place's class is told by the first letter of its name, which no two of the shipped classes share. */
export function placeMark(className: string): string {
  return [...className][0] ?? "";
}

const halo = () => ({ "text-halo-color": colour("map-city"), "text-halo-width": 1.6 });

/** 许可: hatched and dotted, so that nobody takes one for a fence; grey until its first day. */
export function permitLayers(): LayerSpecification[] {
  const hue: ExpressionSpecification = ["case", ["get", "holds"], colour("good"), colour("muted")];
  return [
    {
      id: "permit-fill",
      type: "fill",
      source: "permits",
      paint: { "fill-pattern": "permit", "fill-opacity": ["case", ["get", "holds"], 0.9, 0.35] },
    },
    {
      id: "permit-line",
      type: "line",
      source: "permits",
      layout: { "line-cap": "round" },
      paint: { "line-color": hue, "line-width": 2, "line-dasharray": [0.2, 2] },
    },
    {
      id: "permit-name",
      type: "symbol",
      source: "permits",
      minzoom: 15,
      layout: { "text-field": ["get", "name"], "text-size": 12, "text-max-width": 8 },
      paint: { "text-color": hue, ...halo() },
    },
  ];
}

/** 点位: a dot with the mark of its class, filled where somebody has to see it. */
export function placeLayers(): LayerSpecification[] {
  const extent: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
  const dot: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
  const byKey = (key: string, other: string): ExpressionSpecification => ["case", ["get", "key"], key, other];
  return [
    {
      id: "place-area",
      type: "fill",
      source: "places",
      filter: extent,
      paint: { "fill-color": colour("map-label"), "fill-opacity": 0.1 },
    },
    {
      id: "place-edge",
      type: "line",
      source: "places",
      filter: extent,
      paint: { "line-color": colour("map-label"), "line-width": 1.2, "line-opacity": 0.8 },
    },
    {
      id: "place-dot",
      type: "circle",
      source: "places",
      filter: dot,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 2.4, 13, 4, 14, 9, 17, 11],
        "circle-color": byKey(colour("map-label"), colour("map-city")),
        "circle-stroke-color": byKey(colour("map-ground"), colour("map-label")),
        "circle-stroke-width": 1.4,
      },
    },
    {
      id: "place-mark",
      type: "symbol",
      source: "places",
      filter: dot,
      minzoom: 13.7,
      layout: {
        "text-field": ["get", "mark"],
        "text-size": 11,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": byKey(colour("map-city"), colour("map-label")) },
    },
    {
      id: "place-name",
      type: "symbol",
      source: "places",
      filter: dot,
      minzoom: 15,
      layout: {
        "text-field": ["get", "name"],
        "text-size": 12,
        "text-anchor": "top",
        "text-offset": [0, 1.1],
        "text-max-width": 8,
        "text-optional": true,
      },
      paint: { "text-color": colour("map-label"), ...halo() },
    },
  ];
}
