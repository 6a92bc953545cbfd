import type { Bounds } from "./measure";

/** A square of the map's tiles. */
export interface Square {
  z: number;
  x: number;
  y: number;
}

/** The last zoom that has tiles of its own; nearer, they are enlarged. */
export const lastTileZoom = 16;
/** How much a tile shows beyond its edges, as a part of its side. */
const buffer = 1 / 64;

/** Whether a tile shows anything of the box. */
export function touches({ z, x, y }: Square, box: Bounds): boolean {
  const [west, north, east, south] = onTiles(box, z);
  return west <= x + 1 + buffer && x - buffer <= east && north <= y + 1 + buffer && y - buffer <= south;
}

/**
 * The tiles that show something of the box where people look, from the coarsest to those that the map holds at this
 * zoom: it draws a tile with what it has of the zooms around it while others are on their way.
 */
export function touchedTiles(box: Bounds, sight: Bounds, zoom: number): Square[] {
  const seen: Bounds = [
    Math.max(box[0], sight[0]),
    Math.max(box[1], sight[1]),
    Math.min(box[2], sight[2]),
    Math.min(box[3], sight[3]),
  ];
  if (seen[0] > seen[2] || seen[1] > seen[3]) return [];
  const squares: Square[] = [];
  for (let z = 0; z <= Math.min(lastTileZoom, Math.floor(zoom) + 1); z++) {
    const [west, north, east, south] = onTiles(seen, z);
    for (let x = first(west); x <= last(east, z); x++) {
      for (let y = first(north); y <= last(south, z); y++) squares.push({ z, x, y });
    }
  }
  return squares;
}

const first = (at: number) => Math.max(0, Math.floor(at - buffer));
const last = (at: number, z: number) => Math.min(2 ** z - 1, Math.floor(at + buffer));

/** The box in tiles of a zoom: west, north, east, south. */
function onTiles([west, south, east, north]: Bounds, z: number): [number, number, number, number] {
  const side = 2 ** z;
  return [column(west) * side, row(north) * side, column(east) * side, row(south) * side];
}

const column = (lon: number) => (lon + 180) / 360;
const row = (lat: number) => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
