import { useEffect, useRef, useState } from "preact/hooks";
import { gridPlace } from "../alerts/sentence";
import { useWords } from "../i18n/language";
import { Empty } from "../parts/Notice";
import type { CityMap, CityMapOptions, HoveredGrid } from "./CityMap";
import "./map.css";

type Props = Omit<CityMapOptions, "container" | "label" | "onHover"> & {
  onMap(map: CityMap | null): void;
};

/** The map as a part of a page. The library is loaded with the first map; handlers may change, the map stays. */
export function MapView(props: Props) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [failed, setFailed] = useState(false);
  const [tip, setTip] = useState<{ grid: HoveredGrid; x: number; y: number } | null>(null);

  useEffect(() => {
    let map: CityMap | null = null;
    let gone = false;
    import("./CityMap")
      .then(({ CityMap }) => {
        if (gone || box.current === null) return;
        const { view, bounds } = latest.current;
        map = new CityMap({
          container: box.current,
          view,
          bounds,
          label: words.map.label,
          onAlerts: (ids, at) => latest.current.onAlerts?.(ids, at),
          onCamera: (id, at) => latest.current.onCamera?.(id, at),
          onThing: (kind, id) => latest.current.onThing?.(kind, id) ?? false,
          onGrid: (grid) => latest.current.onGrid?.(grid),
          onClick: (at) => latest.current.onClick?.(at),
          onMove: (to) => latest.current.onMove?.(to),
          onHover: (grid, x, y) => setTip(grid === null ? null : { grid, x, y }),
        });
        latest.current.onMap(map);
      })
      .catch((error: unknown) => {
        console.warn("gridwatch: no map", error);
        setFailed(true);
      });
    return () => {
      gone = true;
      latest.current.onMap(null);
      map?.destroy();
    };
  }, []);

  return (
    <div class="map">
      <div class="map-canvas" ref={box} />
      {failed && (
        <div class="map-failed">
          <Empty title={words.map.failed} hint={words.map.failedHint} icon="map" />
        </div>
      )}
      {tip !== null && (
        <div class="map-tip" style={{ transform: `translate(${tip.x + 14}px, ${tip.y + 14}px)` }}>
          <span class="map-tip-net">{words.net[tip.grid.net]}</span>
          {gridPlace(tip.grid)}
        </div>
      )}
    </div>
  );
}
