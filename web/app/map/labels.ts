import type { Feature, Position } from "geojson";
import type { Grid } from "../api/city";
import { areaM2, labelPoint } from "./measure";

/** A road's sections are named "临淄大道（K7.5—K10.1）"; on the map its own name is enough, and once is enough. */
export function roadName(name: string): string {
  return name.replace(/[（(].*$/, "").trim();
}

/** One label a community, in its middle, and one a road, on its largest section. */
export function nameLabels(grids: readonly Grid[]): Feature[] {
  const labels: Feature[] = [];
  const roads = new Map<string, { grid: Grid; area: number }>();
  for (const grid of grids) {
    const { name, net } = grid.properties;
    if (net === "community") {
      push(labels, name, net, labelPoint(grid.geometry));
      continue;
    }
    const road = roadName(name);
    const area = areaM2(grid.geometry);
    if (area > (roads.get(road)?.area ?? 0)) roads.set(road, { grid, area });
  }
  for (const [road, { grid }] of roads) push(labels, road, "road", labelPoint(grid.geometry));
  return labels;
}

function push(labels: Feature[], name: string, net: string, at: Position | null): void {
  if (at !== null)
    labels.push({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { name, net } });
}
