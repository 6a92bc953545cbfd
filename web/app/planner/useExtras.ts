import type { Feature } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { useEffect } from "preact/hooks";
import type { Api } from "../api/client";
import type { CityMap } from "../map/CityMap";
import { colour, theme } from "../theme/theme";

/** Layers that only the planner looks at. */
export const extras = ["heat"] as const;
export type Extra = (typeof extras)[number];

const days = 30;
const most = 2000;
const pageSize = 200;

/** Puts the extras that are shown onto the map, and takes the others away. */
export function useExtras(api: Api, map: CityMap, shown: readonly Extra[]): void {
  const heat = shown.includes("heat");
  useEffect(() => {
    if (!heat) return;
    let gone = false;
    let points: Feature[] = [];
    const { gl } = map;
    const draw = () =>
      void map.ready.then(() => {
        if (gone || gl.getSource("heat") !== undefined) return;
        gl.addSource("heat", { type: "geojson", data: { type: "FeatureCollection", features: points } });
        gl.addLayer(heatLayer(), "fence-fill"); // Below whatever stands there.
      });
    alertPoints(api).then((found) => {
      points = found;
      draw();
    }, console.warn);
    const unwatch = theme.watch(draw);
    return () => {
      gone = true;
      unwatch();
      if (gl.getLayer("heat") !== undefined) gl.removeLayer("heat");
      if (gl.getSource("heat") !== undefined) gl.removeSource("heat");
    };
  }, [api, map, heat]);
}

/** Where alerts were in the last days. */
async function alertPoints(api: Api): Promise<Feature[]> {
  const since = new Date(Date.now() - days * 24 * 3600_000).toISOString();
  const points: Feature[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.alerts({ since, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    for (const { lon, lat } of page.items)
      points.push({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} });
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && points.length < most);
  return points;
}

function heatLayer(): LayerSpecification {
  return {
    id: "heat",
    type: "heatmap",
    source: "heat",
    paint: {
      "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 9, 12, 14, 36, 18, 90],
      "heatmap-intensity": 0.7,
      "heatmap-opacity": 0.75,
      "heatmap-color": [
        "interpolate",
        ["linear"],
        ["heatmap-density"],
        0,
        "transparent",
        0.2,
        colour("debris"),
        0.6,
        colour("vending"),
        1,
        colour("fire_lane"),
      ],
    },
  };
}
