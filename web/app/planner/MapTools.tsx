import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import type { Bounds } from "../map/measure";
import { Icon } from "../parts/Icon";

interface ToolsProps {
  map: CityMap;
  bounds: Bounds | null;
  locating: boolean;
  /** Null while a draft is open: clicks are its tools'. */
  onLocating: (() => void) | null;
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
      {onLocating !== null && (
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
      )}
    </div>
  );
}
