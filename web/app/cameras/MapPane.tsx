import { useEffect, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import { type Handle, Layer, type Shape } from "../map/Layer";
import { MapView } from "../map/MapView";
import { boundsOf } from "../map/measure";
import { onMap, type Point } from "../map/points";
import type { City } from "../map/useCity";
import { useSurface } from "../map/useSurface";
import { Icon } from "../parts/Icon";

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

  useEffect(() => {
    if (map === null) return;
    map.gl.setMaxZoom(closest); // Points are matched to a hand's breadth.
    map.toggle("fences", false); // They are drawn by this page, as they are now.
  }, [map]);
  useEffect(() => map?.showCameras(cameras), [map, cameras]);
  useEffect(() => map?.showNames(city.grids), [map, city]);
  const box = boundsOf(around.map(([x, y]) => ({ type: "Point", coordinates: [x, y] })));
  const look = box?.join() ?? "";
  useEffect(() => {
    if (box !== null) map?.fit(box, around.length > 1 ? 20.5 : 18);
  }, [map, look]);

  const surface = useSurface(map);
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
            figures
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
