import type { Feature } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification } from "maplibre-gl";
import type { Net } from "../../api/city";
import type { CityMap } from "../../map/CityMap";
import { labelPoint } from "../../map/measure";
import { colour, theme } from "../../theme/theme";
import { geometryOf } from "../coverage/plane";
import type { Grid } from "../coverage/types";
import type { Changes } from "./session";

const source = "draft";
const names = "draft-names";
const layers = ["draft-fill", "draft-changed", "draft-line", "draft-chosen", "draft-name"];

/** What the map must be told to come up to date. */
interface Owed {
  put: Map<string, Grid>;
  removed: Set<string>;
}

/**
 * The draft's grids on the map, in place of the edition in force. The map is told differences only, one flush at a
 * time, however large the net is.
 */
export class Paint {
  readonly #map: CityMap;
  readonly #net: Net;
  readonly #all: () => Iterable<Grid>;
  readonly #unwatch: () => void;
  #owed: Owed = { put: new Map(), removed: new Set() };
  #flushing = false;
  #marks = new Map<string, { chosen: boolean; changed: boolean }>();
  #visible = true;
  #gone = false;

  constructor(map: CityMap, net: Net, all: () => Iterable<Grid>) {
    this.#map = map;
    this.#net = net;
    this.#all = all;
    map.toggle(net, false);
    void map.ready.then(() => this.#dress());
    // A new theme takes every layer away that is not the city's own.
    this.#unwatch = theme.watch(() => void map.ready.then(() => this.#dress()));
  }

  stop(): void {
    this.#gone = true;
    this.#unwatch();
    const { gl } = this.#map;
    void this.#map.ready.then(() => {
      for (const id of layers) if (gl.getLayer(id) !== undefined) gl.removeLayer(id);
      for (const id of [source, names]) if (gl.getSource(id) !== undefined) gl.removeSource(id);
      this.#map.toggle(this.#net, true);
    });
  }

  show({ put, removed }: Changes): void {
    for (const code of removed) {
      this.#owed.put.delete(code);
      this.#owed.removed.add(code);
    }
    for (const grid of put) this.#owed.put.set(grid.code, grid);
    void this.#flush();
  }

  /** Which grids are chosen, and which differ from the edition before. */
  mark(chosen: readonly string[], changed: readonly string[]): void {
    const marks = new Map<string, { chosen: boolean; changed: boolean }>();
    for (const code of changed) marks.set(code, { chosen: false, changed: true });
    for (const code of chosen) marks.set(code, { chosen: true, changed: marks.has(code) });
    const before = this.#marks;
    this.#marks = marks;
    void this.#map.ready.then(() => {
      if (this.#map.gl.getSource(source) === undefined) return;
      for (const code of before.keys())
        if (!marks.has(code)) this.#map.gl.removeFeatureState({ source, id: code });
      for (const [id, mark] of marks) this.#map.gl.setFeatureState({ source, id }, mark);
    });
  }

  toggle(visible: boolean): void {
    this.#visible = visible;
    void this.#map.ready.then(() => this.#showLayers());
  }

  #showLayers(): void {
    for (const id of layers) {
      if (this.#map.gl.getLayer(id) !== undefined)
        this.#map.gl.setLayoutProperty(id, "visibility", this.#visible ? "visible" : "none");
    }
  }

  #dress(): void {
    const { gl } = this.#map;
    if (this.#gone || gl.getSource(source) !== undefined) return;
    const grids = [...this.#all()];
    this.#owed = { put: new Map(), removed: new Set() };
    gl.addSource(source, {
      type: "geojson",
      promoteId: "code",
      data: { type: "FeatureCollection", features: grids.map(areaOf) },
      // Borders that two grids share stay shared when they are simplified for a far view: none is.
      tolerance: 0,
      maxzoom: 14,
    });
    gl.addSource(names, {
      type: "geojson",
      promoteId: "code",
      data: { type: "FeatureCollection", features: grids.flatMap(nameOf) },
    });
    // Roads lie over their communities.
    const above = ["road-fill", "outline-glow"]
      .slice(this.#net === "community" ? 0 : 1)
      .find((id) => gl.getLayer(id) !== undefined);
    for (const layer of draftLayers(this.#net))
      gl.addLayer(layer, layer.type === "symbol" ? undefined : above);
    this.#showLayers();
    gl.triggerRepaint();
    const marks = this.#marks;
    this.#marks = new Map();
    this.mark(
      [...marks].flatMap(([code, { chosen }]) => (chosen ? [code] : [])),
      [...marks].flatMap(([code, { changed }]) => (changed ? [code] : [])),
    );
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    await this.#map.ready;
    const { gl } = this.#map;
    while (!this.#gone && (this.#owed.put.size > 0 || this.#owed.removed.size > 0)) {
      const { put, removed } = this.#owed;
      this.#owed = { put: new Map(), removed: new Set() };
      const grids = [...put.values()];
      const remove = [...removed];
      try {
        await Promise.all([
          gl.getSource<GeoJSONSource>(source)?.updateData({ remove, add: grids.map(areaOf) }),
          gl.getSource<GeoJSONSource>(names)?.updateData({ remove, add: grids.flatMap(nameOf) }),
        ]);
      } catch (error) {
        // A new theme swept the source away meanwhile; it is made again from the whole.
        console.warn("gridwatch: draft drawn anew", error);
      }
    }
    this.#flushing = false;
  }
}

function areaOf({ code, name, boundary }: Grid): Feature {
  return { type: "Feature", geometry: geometryOf(boundary), properties: { code, name } };
}

function nameOf({ code, name, boundary }: Grid): Feature[] {
  const at = labelPoint(geometryOf(boundary));
  if (at === null) return [];
  return [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { code, name } }];
}

function draftLayers(net: Net): LayerSpecification[] {
  const tints = ["a", "b", "c", "d", "e"].map((letter) => colour(`map-cell-${letter}`));
  const street: ExpressionSpecification = [
    "%",
    ["to-number", ["slice", ["get", "code"], 6, 9], 0],
    tints.length,
  ];
  const state = (name: string): ExpressionSpecification => ["boolean", ["feature-state", name], false];
  const community = net === "community";
  return [
    {
      id: "draft-fill",
      type: "fill",
      source,
      paint: community
        ? { "fill-color": ["to-color", ["at", street, ["literal", tints]]] }
        : { "fill-color": colour("map-road"), "fill-opacity": 0.8 },
    },
    {
      id: "draft-changed",
      type: "fill",
      source,
      paint: { "fill-color": colour("accent"), "fill-opacity": ["case", state("changed"), 0.28, 0] },
    },
    {
      id: "draft-line",
      type: "line",
      source,
      paint: {
        "line-color": ["case", state("changed"), colour("focus"), colour("map-edge")],
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 13, 1.4, 16, 2],
      },
    },
    {
      id: "draft-chosen",
      type: "line",
      source,
      paint: {
        "line-color": colour("text"),
        "line-width": 3,
        "line-opacity": ["case", state("chosen"), 1, 0],
      },
    },
    {
      id: "draft-name",
      type: "symbol",
      source: names,
      minzoom: community ? 9.5 : 12.5,
      layout: {
        "text-field": ["get", "name"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 14, 14],
        "text-padding": 4,
        "text-max-width": 8,
      },
      paint: {
        "text-color": colour("map-label"),
        "text-halo-color": colour("map-city"),
        "text-halo-width": 1.6,
      },
    },
  ];
}
