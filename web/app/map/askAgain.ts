import type { Map as Gl } from "maplibre-gl";
import type { Net } from "../api/city";
import type { Bounds } from "./measure";
import { type Square, touchedTiles, touches } from "./touched";

/** The tiles that MapLibre holds although they are out of sight. */
interface KeptTiles {
  _outOfViewCache: { filter(stays: (tile: { tileID: { canonical: Square } }) => boolean): void };
}

/** Asks for those tiles of a net again that show something within the bounds; for all where there are none. */
export function askAgain(gl: Gl, net: Net, bounds: Bounds | null): void {
  if (bounds === null) {
    gl.refreshTiles(net);
    return;
  }
  const { _sw: sw, _ne: ne } = gl.getBounds();
  const sight: Bounds = [sw.lng, sw.lat, ne.lng, ne.lat];
  gl.refreshTiles(net, touchedTiles(bounds, sight, gl.getZoom()));
  // MapLibre keeps tiles that went out of sight, and has no other way to let go of some of them.
  const { _outOfViewCache: kept } = gl.style.tileManagers[net] as unknown as KeptTiles;
  kept.filter(({ tileID }) => !touches(tileID.canonical, bounds));
}
