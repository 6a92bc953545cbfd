import { useEffect, useMemo, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import { MapView } from "../map/MapView";
import { boundsOf } from "../map/measure";
import type { City } from "../map/useCity";
import { Icon } from "../parts/Icon";
import { type Handle, Layer, type Shape, type Surface } from "./Layer";
import { onMap, type Point } from "./points";

interface Props {
  city: City;
  cameras: readonly Camera[];
  /** What to look at: it moves there when this changes. */
  around: readonly Point[];
  shapes: readonly Shape[];
  handles: readonly Handle[];
  hint: string | null;
  onPlace(at: Point): void;
  onMove(key: string, to: Point, first: boolean): void;
  onDelete(key: string): void;
  onPick(key: string): void;
  onCamera(id: string): void;
}

const closest = 22;

/** The map with what is drawn on it. */
export function MapPane(props: Props) {
  const words = useWords();
  const { city, cameras, around } = props;
  const [map, setMap] = useState<CityMap | null>(null);
  const [, redraw] = useState({});

  useEffect(() => {
    if (map === null) return;
    const moved = () => redraw({});
    map.gl.on("move", moved);
    map.gl.on("resize", moved);
    map.gl.setMaxZoom(closest); // Points are matched to a hand's breadth.
    map.toggle("fences", false); // They are drawn by this page, as they are now.
    return () => {
      map.gl.off("move", moved);
      map.gl.off("resize", moved);
    };
  }, [map]);
  useEffect(() => map?.showCameras(cameras), [map, cameras]);
  useEffect(() => map?.showNames(city.grids), [map, city]);
  const box = boundsOf(around.map(([x, y]) => ({ type: "Point", coordinates: [x, y] })));
  const look = box?.join() ?? "";
  useEffect(() => {
    if (box !== null) map?.fit(box, around.length > 1 ? 20.5 : 18);
  }, [map, look]);

  const surface: Surface | null = useMemo(
    () =>
      map === null
        ? null
        : {
            project: (spot) => {
              const { x, y } = map.gl.project([spot[0], spot[1]]);
              return [x, y];
            },
            unproject: ([x, y]) => {
              const { lng, lat: north } = map.gl.unproject([x, y]);
              return onMap([lng, north]);
            },
          },
    [map],
  );
  return (
    <section class="pane pane-map" aria-label={words.setup.map}>
      <header class="pane-head">
        <h3>{words.setup.map}</h3>
        <span class="pane-hint">{props.hint}</span>
        {map !== null && (
          <>
            <button type="button" class="tool" aria-label={words.map.zoomOut} onClick={() => map.zoomBy(-1)}>
              <Icon name="minus" />
            </button>
            <button type="button" class="tool" aria-label={words.map.zoomIn} onClick={() => map.zoomBy(1)}>
              <Icon name="plus" />
            </button>
          </>
        )}
      </header>
      <div class={props.hint === null ? "pane-body" : "pane-body map-placing"}>
        <MapView
          view={null}
          bounds={city.bounds}
          onMap={setMap}
          onClick={([east = 0, north = 0]) => props.onPlace(onMap([east, north]))}
          onCamera={(id) => props.hint === null && props.onCamera(id)}
        />
        {surface !== null && (
          <Layer
            surface={surface}
            shapes={props.shapes}
            handles={props.handles}
            onMove={props.onMove}
            onDelete={props.onDelete}
            onPick={props.onPick}
          />
        )}
      </div>
    </section>
  );
}
