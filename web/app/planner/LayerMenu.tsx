import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import type { Switch } from "../map/style";
import { Icon } from "../parts/Icon";
import { type Extra, extras, useExtras } from "./useExtras";

const layers: readonly Switch[] = ["community", "road", "names", "cameras", "fences"];

/** Which layers are drawn. */
export function LayerMenu({ api, map }: { api: Api; map: CityMap }) {
  const words = useWords();
  const w = words.planner;
  const [open, setOpen] = useState(false);
  const [hidden, setHidden] = useState<readonly Switch[]>([]);
  const [shown, setShown] = useState<readonly Extra[]>([]);
  useExtras(api, map, shown);
  const toggle = (layer: Switch) => {
    const show = hidden.includes(layer);
    setHidden(show ? hidden.filter((one) => one !== layer) : [...hidden, layer]);
    map.toggle(layer, show);
  };
  return (
    <div class="layer-menu">
      <button
        type="button"
        class="tool tool-words"
        data-do="layers"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="layers" />
        {w.layers}
      </button>
      {open && (
        <div class="layers">
          {layers.map((layer) => (
            <label key={layer} class="layer">
              <input type="checkbox" checked={!hidden.includes(layer)} onChange={() => toggle(layer)} />
              {w.layer[layer]}
            </label>
          ))}
          {extras.map((extra) => (
            <label key={extra} class="layer">
              <input
                type="checkbox"
                checked={shown.includes(extra)}
                onChange={() =>
                  setShown(shown.includes(extra) ? shown.filter((one) => one !== extra) : [...shown, extra])
                }
              />
              {w.layer[extra]}
            </label>
          ))}
        </div>
      )}
    </div>
  );
}
