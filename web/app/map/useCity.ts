import { useEffect, useState } from "preact/hooks";
import type { Grid } from "../api/city";
import type { Api } from "../api/client";
import { type Bounds, boundsOf } from "./measure";

/** The grids that this person sees, for names on the map and for where to look first. */
export interface City {
  grids: readonly Grid[];
  bounds: Bounds;
}

/** Where to look when there is no grid at all: eastern China. */
const nowhere: Bounds = [112, 30, 122, 41];

/** Null until the grids came; without them (no edition yet, no answer) the map still opens. */
export function useCity(api: Api): City | null {
  const [city, setCity] = useState<City | null>(null);
  useEffect(() => {
    let gone = false;
    Promise.allSettled([api.grids("community"), api.grids("road")]).then((nets) => {
      if (gone) return;
      const grids = nets.flatMap((net) => (net.status === "fulfilled" ? net.value.features : []));
      setCity({ grids, bounds: boundsOf(grids.map(({ geometry }) => geometry)) ?? nowhere });
    });
    return () => {
      gone = true;
    };
  }, [api]);
  return city;
}
