import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { PlaceClass } from "../api/setup";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import type { Switch } from "../map/style";
import { placeMark, thingKinds } from "../map/things";
import { Icon } from "../parts/Icon";
import { className } from "../state/placeClasses";
import { ThingSign } from "./drawn/DrawnList";
import { type Extra, extras, useExtras } from "./useExtras";

const layers: readonly Switch[] = ["community", "road", "names", "cameras", "fences", "permits", "places"];

interface Props {
  api: Api;
  map: CityMap;
  /** Of places: their marks are explained. */
  classes: readonly PlaceClass[];
}

/** Which layers are drawn, and what their signs mean. */
export function LayerMenu({ api, map, classes }: Props) {
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
              {thingKinds.map((kind) => kind === layer && <ThingSign key={kind} row={{ kind }} />)}
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
          {classes.length > 0 && !hidden.includes("places") && (
            <details class="legend">
              <summary>{words.things.legend}</summary>
              <ul>
                {classes.map(({ key }) => {
                  const name = className(classes, key, words);
                  return (
                    <li key={key}>
                      <ThingSign row={{ kind: "places", mark: placeMark(name) }} />
                      {name}
                    </li>
                  );
                })}
                <li>
                  <ThingSign row={{ kind: "places", key: true }} />
                  {words.things.key}
                </li>
              </ul>
            </details>
          )}
        </div>
      )}
    </div>
  );
}
