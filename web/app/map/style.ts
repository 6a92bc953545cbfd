import type { FeatureCollection } from "geojson";
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import { colour } from "../theme/theme";
import { imageName, looks, openRank, waitingRank } from "./rank";
import { permitLayers, placeLayers } from "./things";
import { lastTileZoom } from "./touched";

/** What a person may switch on and off, and the layers that belong to it. */
export const switchable = {
  community: [
    "community-fill",
    "community-line",
    "community-hover",
    "community-chosen",
    "community-name",
    "community-blind",
  ],
  road: ["road-fill", "road-line", "road-hover", "road-chosen", "road-name", "road-blind"],
  fences: ["fence-fill", "fence-line"],
  permits: ["permit-fill", "permit-line", "permit-name"],
  places: ["place-area", "place-edge", "place-dot", "place-mark", "place-name"],
  cameras: ["camera"],
  names: ["community-name", "road-name"],
} as const;
export type Switch = keyof typeof switchable;

const empty: FeatureCollection = { type: "FeatureCollection", features: [] };
const nobody: ExpressionSpecification = ["==", ["get", "code"], ""];

/** The whole map: our own tiles and what the page puts on them. There is no outside source, sprite or glyph. */
export function cityStyle(origin: string): StyleSpecification {
  const tiles = (layer: string) => ({
    type: "vector" as const,
    tiles: [`${origin}/tiles/${layer}/{z}/{x}/{y}.mvt`],
    minzoom: 0,
    maxzoom: lastTileZoom,
  });
  return {
    version: 8,
    sources: {
      outline: tiles("outline"),
      community: { ...tiles("community"), promoteId: "code" },
      road: { ...tiles("road"), promoteId: "code" },
      fences: tiles("fences"),
      names: { type: "geojson", data: empty },
      permits: { type: "geojson", data: empty },
      places: { type: "geojson", data: empty },
      cameras: { type: "geojson", data: empty },
      chosen: { type: "geojson", data: empty },
      spot: { type: "geojson", data: empty },
      alerts: {
        type: "geojson",
        data: empty,
        cluster: true,
        clusterRadius: 26,
        clusterMaxZoom: 19,
        clusterProperties: {
          rank: ["max", ["get", "rank"]],
          opacity: ["max", ["get", "opacity"]],
          open: ["+", ["case", [">=", ["get", "rank"], openRank], 1, 0]],
        },
        maxzoom: 20,
      },
    },
    layers: [
      ...ground(),
      ...nets(),
      ...names(),
      ...fences(),
      ...permitLayers(),
      ...placeLayers(),
      ...things(),
      ...alertLayers(),
    ],
  };
}

function ground(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": colour("map-ground") } },
    {
      id: "city",
      type: "fill",
      source: "outline",
      "source-layer": "outline",
      paint: { "fill-color": colour("map-city") },
    },
  ];
}

/** Both nets: 社网 as areas in a few quiet tints by street, 路网 as corridors over them, then the outline. */
function nets(): LayerSpecification[] {
  const tints = ["a", "b", "c", "d", "e"].map((letter) => colour(`map-cell-${letter}`));
  const street: ExpressionSpecification = [
    "%",
    ["to-number", ["slice", ["get", "code"], 6, 9]],
    tints.length,
  ];
  const tint: DataDrivenPropertyValueSpecification<string> = ["to-color", ["at", street, ["literal", tints]]];
  const hovered: DataDrivenPropertyValueSpecification<number> = [
    "case",
    ["boolean", ["feature-state", "hover"], false],
    0.85,
    0,
  ];
  return [
    layer("community-fill", "fill", "community", { "fill-color": tint }),
    layer("community-hover", "fill", "community", {
      "fill-color": colour("map-hover"),
      "fill-opacity": hovered,
    }),
    filtered("community-blind", "fill", "community", { "fill-pattern": "blind" }),
    layer("community-line", "line", "community", {
      "line-color": colour("map-border"),
      "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 13, 1.2, 16, 2],
    }),
    layer("road-fill", "fill", "road", {
      "fill-color": colour("map-road"),
      "fill-opacity": ["interpolate", ["linear"], ["zoom"], 10, 0.9, 15, 0.6],
    }),
    layer("road-hover", "fill", "road", { "fill-color": colour("map-road-edge"), "fill-opacity": hovered }),
    filtered("road-blind", "fill", "road", { "fill-pattern": "blind" }),
    layer("road-line", "line", "road", {
      "line-color": colour("map-road-edge"),
      "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.8, 13, 1, 16, 1.4],
      "line-opacity": 0.75,
    }),
    {
      id: "outline-glow",
      type: "line",
      source: "outline",
      "source-layer": "outline",
      paint: { "line-color": colour("map-edge"), "line-width": 9, "line-blur": 9, "line-opacity": 0.35 },
    },
    {
      id: "outline-line",
      type: "line",
      source: "outline",
      "source-layer": "outline",
      paint: { "line-color": colour("map-edge"), "line-width": 1.6 },
    },
    filtered("community-chosen", "line", "community", { "line-color": colour("text"), "line-width": 2.4 }),
    filtered("road-chosen", "line", "road", { "line-color": colour("text"), "line-width": 2.4 }),
  ];
}

function names(): LayerSpecification[] {
  const halo = { "text-halo-color": colour("map-city"), "text-halo-width": 1.6 };
  return [
    {
      id: "road-name",
      type: "symbol",
      source: "names",
      filter: ["==", ["get", "net"], "road"],
      minzoom: 11.5,
      layout: {
        "text-field": ["get", "name"],
        "text-size": 11,
        "text-padding": 6,
        "symbol-sort-key": 2,
      },
      paint: { "text-color": colour("map-road-label"), ...halo },
    },
    {
      id: "community-name",
      type: "symbol",
      source: "names",
      filter: ["==", ["get", "net"], "community"],
      minzoom: 9.5,
      layout: {
        "text-field": ["get", "name"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 14, 14],
        "text-padding": 4,
        "text-max-width": 7,
        "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
        "text-radial-offset": 1.6,
        "symbol-sort-key": 1,
      },
      paint: { "text-color": colour("map-label"), ...halo },
    },
  ];
}

function fences(): LayerSpecification[] {
  const hue: DataDrivenPropertyValueSpecification<string> = [
    "match",
    ["get", "rule"],
    ...["fire_lane", "vending", "debris"].flatMap((rule) => [rule, colour(rule)]),
    colour("other"),
  ] as unknown as DataDrivenPropertyValueSpecification<string>;
  return [
    {
      id: "fence-fill",
      type: "fill",
      source: "fences",
      "source-layer": "fences",
      paint: { "fill-color": hue, "fill-opacity": 0.1 },
    },
    {
      id: "fence-line",
      type: "line",
      source: "fences",
      "source-layer": "fences",
      paint: { "line-color": hue, "line-width": 1.2, "line-dasharray": [3, 2], "line-opacity": 0.9 },
    },
  ];
}

function things(): LayerSpecification[] {
  return [
    {
      id: "chosen-area",
      type: "fill",
      source: "chosen",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour("text"), "fill-opacity": 0.12 },
    },
    {
      id: "chosen-edge",
      type: "line",
      source: "chosen",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "line-color": colour("text"), "line-width": 1.4, "line-dasharray": [2, 2] },
    },
    {
      id: "camera",
      type: "symbol",
      source: "cameras",
      layout: {
        "icon-image": ["concat", "camera/", ["get", "state"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 13, 0.9, 16, 1],
        "icon-allow-overlap": true,
        "icon-anchor": "bottom",
        "symbol-sort-key": ["case", ["==", ["get", "state"], "offline"], 2, 1],
      },
    },
    {
      id: "spot",
      type: "circle",
      source: "spot",
      paint: {
        "circle-radius": 7,
        "circle-color": colour("accent"),
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2.5,
      },
    },
  ];
}

/** Marks, with a pulse below those that wait and a count on those that stand for several open ones. */
function alertLayers(): LayerSpecification[] {
  const image: DataDrivenPropertyValueSpecification<string> = [
    "to-string",
    ["at", ["get", "rank"], ["literal", looks.map(imageName)]],
  ];
  const hue: DataDrivenPropertyValueSpecification<string> = [
    "to-color",
    ["at", ["get", "rank"], ["literal", looks.map(({ matter }) => colour(matter))]],
  ];
  const badge: [number, number] = [13, -13];
  const severalOpen: ExpressionSpecification = [">", ["coalesce", ["get", "open"], 0], 1];
  return [
    {
      id: "alert-pulse",
      type: "circle",
      source: "alerts",
      filter: [">=", ["get", "rank"], waitingRank],
      paint: {
        "circle-color": "transparent",
        "circle-radius": 16,
        "circle-stroke-color": hue,
        "circle-stroke-width": 2,
        "circle-stroke-opacity": 0.8,
      },
    },
    {
      id: "chosen-ring",
      type: "circle",
      source: "chosen",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 25,
        "circle-color": colour("text"),
        "circle-opacity": 0.16,
        "circle-stroke-color": colour("text"),
        "circle-stroke-width": 2.4,
      },
    },
    {
      id: "alert-mark",
      type: "symbol",
      source: "alerts",
      layout: {
        "icon-image": image,
        "icon-allow-overlap": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "icon-opacity": ["get", "opacity"] },
    },
    {
      id: "chosen-mark",
      type: "symbol",
      source: "chosen",
      filter: ["==", ["geometry-type"], "Point"],
      layout: { "icon-image": image, "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    {
      id: "alert-badge",
      type: "circle",
      source: "alerts",
      filter: severalOpen,
      paint: {
        "circle-radius": 8.5,
        "circle-color": colour("text"),
        "circle-translate": badge,
        "circle-stroke-color": colour("map-ground"),
        "circle-stroke-width": 1.5,
        "circle-opacity": ["get", "opacity"],
      },
    },
    {
      id: "alert-count",
      type: "symbol",
      source: "alerts",
      filter: severalOpen,
      layout: {
        "text-field": ["to-string", ["get", "open"]],
        "text-size": 11,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": colour("ground"), "text-translate": badge },
    },
  ];
}

function layer(id: string, type: "fill" | "line", source: string, paint: object): LayerSpecification {
  return { id, type, source, "source-layer": source, paint } as LayerSpecification;
}

/** A layer that shows no grid until the page names some. */
function filtered(id: string, type: "fill" | "line", source: string, paint: object): LayerSpecification {
  return { ...layer(id, type, source, paint), filter: nobody } as LayerSpecification;
}
