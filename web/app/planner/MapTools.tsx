import { useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import type { Bounds } from "../map/measure";
import type { Switch } from "../map/style";
import { Icon } from "../parts/Icon";

const layers: readonly Switch[] = ["community", "road", "names", "cameras", "fences"];

/** Which layers are drawn. */
export function LayerSwitches({ map }: { map: CityMap | null }) {
  const words = useWords();
  const w = words.planner;
  const [hidden, setHidden] = useState<readonly Switch[]>([]);
  const toggle = (layer: Switch) => {
    const shown = hidden.includes(layer);
    setHidden(shown ? hidden.filter((one) => one !== layer) : [...hidden, layer]);
    map?.toggle(layer, shown);
  };
  return (
    <section class="side-block">
      <h2>{w.layers}</h2>
      <div class="layers">
        {layers.map((layer) => (
          <label key={layer} class="layer">
            <input type="checkbox" checked={!hidden.includes(layer)} onChange={() => toggle(layer)} />
            {w.layer[layer]}
          </label>
        ))}
      </div>
    </section>
  );
}

interface ToolsProps {
  map: CityMap;
  bounds: Bounds | null;
  locating: boolean;
  onLocating(): void;
}

export function MapTools({ map, bounds, locating, onLocating }: ToolsProps) {
  const words = useWords();
  const w = words.planner;
  return (
    <div class="map-tools">
      <div class="map-group">
        <button type="button" class="tool" aria-label={words.map.zoomIn} onClick={() => map.zoomBy(1)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="tool" aria-label={words.map.zoomOut} onClick={() => map.zoomBy(-1)}>
          <Icon name="minus" />
        </button>
      </div>
      {bounds !== null && (
        <div class="map-group">
          <button
            type="button"
            class="tool"
            aria-label={words.centre.fit}
            title={words.centre.fit}
            onClick={() => map.fit(bounds)}
          >
            <Icon name="fit" />
          </button>
        </div>
      )}
      <div class="map-group">
        <button
          type="button"
          class="tool tool-words tool-locate"
          aria-pressed={locating}
          title={w.locateHint}
          onClick={onLocating}
        >
          <Icon name="target" />
          {locating ? w.locateOff : w.locate}
          <kbd>L</kbd>
        </button>
      </div>
    </div>
  );
}
