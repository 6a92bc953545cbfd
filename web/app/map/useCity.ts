import { useEffect, useState } from "preact/hooks";
import type { Grid, Net } from "../api/city";
import type { Api } from "../api/client";
import type { CityMap } from "./CityMap";
import { type Bounds, boundsOf } from "./measure";

/** The grids that this person sees, for names on the map and for where to look first. */
export interface City {
  grids: readonly Grid[];
  bounds: Bounds;
}

/** Where to look when there is no grid at all: eastern China. */
const nowhere: Bounds = [112, 30, 122, 41];

/** Boundaries of a net changed within the bounds; null where nobody knows where. */
export interface GridChange {
  net: Net;
  bounds: Bounds | null;
}

const none: readonly GridChange[] = [];

/** The map follows the changes that came last. */
export function useChanges(map: CityMap | null, changes: readonly GridChange[]): void {
  useEffect(() => {
    for (const { net, bounds } of changes) map?.changed(net, bounds);
  }, [map, changes]);
}

/** Read again with every change. Null until the grids came; without them (no edition yet, no answer) the map still opens. */
export function useCity(api: Api, changes: readonly GridChange[] = none): City | null {
  const [city, setCity] = useState<City | null>(null);
  useEffect(() => {
    let gone = false;
    Promise.allSettled([api.grids("community"), api.grids("road")]).then((nets) => {
      if (gone) return;
      const grids = nets.flatMap((net) => (net.status === "fulfilled" ? net.value.features : []));
      const all = nets.every(({ status }) => status === "fulfilled");
      setCity((before) =>
        before !== null && !all
          ? before
          : { grids, bounds: boundsOf(grids.map(({ geometry }) => geometry)) ?? nowhere },
      );
    });
    return () => {
      gone = true;
    };
  }, [api, changes]);
  return city;
}
