import { useEffect, useMemo, useState } from "preact/hooks";
import type { CityMap } from "./CityMap";
import type { Surface } from "./Layer";
import { onMap } from "./points";

/** How the map lies on the screen, to draw over it. The component is drawn again with every move of the map. */
export function useSurface(map: CityMap | null): Surface | null {
  const [, redraw] = useState({});
  useEffect(() => {
    if (map === null) return;
    const moved = () => redraw({});
    map.gl.on("move", moved);
    map.gl.on("resize", moved);
    return () => {
      map.gl.off("move", moved);
      map.gl.off("resize", moved);
    };
  }, [map]);
  return useMemo(
    () =>
      map === null
        ? null
        : {
            project: (spot) => {
              const { x, y } = map.gl.project([spot[0], spot[1]]);
              return [x, y];
            },
            unproject: ([x, y]) => {
              const { lng, lat } = map.gl.unproject([x, y]);
              return onMap([lng, lat]);
            },
          },
    [map],
  );
}
