import { boxOfEdges, doubledArea } from "./exact";
import { edgesOf } from "./loops";
import type { Boundary, Box } from "./types";

const equatorM = 6378137;
/** Squared. */
const eccentricity = 0.00669437999014;
const radians = Math.PI / 180 / 1e7;

/** The lengths of one step eastwards and northwards on WGS 84 at the middle latitude of the box. */
export function metresPerStep({ south, north }: Box): { x: number; y: number } {
  const latitude = ((south + north) / 2) * radians;
  const w = 1 - eccentricity * Math.sin(latitude) * Math.sin(latitude);
  return {
    x: (equatorM / Math.sqrt(w)) * Math.cos(latitude) * radians,
    y: ((equatorM * (1 - eccentricity)) / (w * Math.sqrt(w))) * radians,
  };
}

export function boundaryM2(boundary: Boundary): number {
  const edges = edgesOf(boundary);
  if (edges.length === 0) return 0;
  const { x, y } = metresPerStep(boxOfEdges(edges));
  return (doubledArea(edges) / 2) * x * y;
}
