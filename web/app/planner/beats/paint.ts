import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { type Net, nets } from "../../api/city";
import type { CityMap } from "../../map/CityMap";
import { colour, theme } from "../../theme/theme";
import type { GridKey } from "./plan";

/** What the map shows of the beats. */
export interface BeatScene {
  /** The colour of each grid's beat. */
  colours: ReadonlyMap<GridKey, number>;
  /** The grids of the beat that is chosen. */
  chosen: readonly GridKey[];
  /** Those of them that belong to another beat. */
  taken: readonly GridKey[];
}

/** Paints the grids of both nets in the colours of their beats. */
export class BeatPaint {
  readonly #map: CityMap;
  readonly #unwatch: () => void;
  #scene: BeatScene = { colours: new Map(), chosen: [], taken: [] };
  #gone = false;

  constructor(map: CityMap) {
    this.#map = map;
    // A new theme takes every layer away that is not the city's own.
    this.#unwatch = theme.watch(() => this.show(this.#scene));
  }

  show(scene: BeatScene): void {
    this.#scene = scene;
    void this.#map.ready.then(() => {
      if (this.#gone) return;
      for (const net of nets) this.#paint(net);
    });
  }

  stop(): void {
    this.#gone = true;
    this.#unwatch();
    const { gl } = this.#map;
    void this.#map.ready.then(() => {
      for (const { id } of nets.flatMap(layersOf)) if (gl.getLayer(id) !== undefined) gl.removeLayer(id);
    });
  }

  #paint(net: Net): void {
    const { gl } = this.#map;
    const { colours, chosen, taken } = this.#scene;
    for (const layer of layersOf(net)) {
      if (gl.getLayer(layer.id) !== undefined) continue;
      // Roads lie over their communities, names over both.
      const above = net === "community" ? "road-fill" : "outline-glow";
      gl.addLayer(layer, gl.getLayer(above) === undefined ? undefined : above);
    }
    gl.setPaintProperty(`beat-${net}`, "fill-color", hueOf(net, colours));
    gl.setFilter(`beat-${net}-chosen`, among(net, chosen));
    gl.setFilter(`beat-${net}-taken`, among(net, taken));
  }
}

const clear = "rgba(0, 0, 0, 0)";

function layersOf(net: Net): LayerSpecification[] {
  const grids = { source: net, "source-layer": net };
  const line = (id: string, paint: object): LayerSpecification => ({
    id,
    type: "line",
    ...grids,
    filter: among(net, []),
    paint,
  });
  return [
    { id: `beat-${net}`, type: "fill", ...grids, paint: { "fill-color": clear, "fill-opacity": 0.5 } },
    line(`beat-${net}-chosen`, { "line-color": colour("text"), "line-width": 2.6 }),
    line(`beat-${net}-taken`, {
      "line-color": colour("warn"),
      "line-width": 3.2,
      "line-dasharray": [2, 1.5],
    }),
  ];
}

/** The colour of a grid by its code. */
function hueOf(net: Net, colours: ReadonlyMap<GridKey, number>): ExpressionSpecification | string {
  const pairs = [...colours]
    .filter(([key]) => key.startsWith(`${net}/`))
    .flatMap(([key, number]) => [key.slice(net.length + 1), colour(`beat-${number}`)]);
  if (pairs.length === 0) return clear;
  return ["match", ["get", "code"], ...pairs, clear] as unknown as ExpressionSpecification;
}

function among(net: Net, keys: readonly GridKey[]): FilterSpecification {
  const codes = keys.filter((key) => key.startsWith(`${net}/`)).map((key) => key.slice(net.length + 1));
  return ["in", ["get", "code"], ["literal", codes]];
}
