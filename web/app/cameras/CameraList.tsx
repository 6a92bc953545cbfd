import type { Ref } from "preact";
import type { Camera } from "../api/city";
import type { PlaceClass, Uncovered } from "../api/setup";
import { useWords } from "../i18n/language";
import { reason } from "../i18n/reason";
import { ago } from "../i18n/time";
import type { Words } from "../i18n/words";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { SearchBox } from "../parts/SearchBox";
import { useNow } from "../state/hooks";
import { className } from "../state/placeClasses";

interface Props {
  cameras: readonly Camera[];
  text: string;
  chosen: string | null;
  search: Ref<HTMLInputElement>;
  uncovered: readonly Uncovered[];
  classes: readonly PlaceClass[];
  adding: boolean;
  onText(text: string): void;
  onCamera(id: string): void;
  onAdd(): void;
  onPlace(place: Uncovered): void;
}

/** The cameras with their health, offline ones first, and the places that none of them sees. */
export function CameraList(props: Props) {
  const words = useWords();
  const now = useNow();
  const w = words.setup;
  const { classes } = props;
  const hits = find(props.cameras, props.text, words);
  const names = new Map(props.cameras.map(({ id, name }) => [id, name]));
  return (
    <aside class="side cameras-side">
      <div class="side-block">
        <button
          type="button"
          class="button button-primary cameras-add"
          data-do="add"
          aria-pressed={props.adding}
          onClick={props.onAdd}
        >
          <Icon name="plus" size={16} />
          {w.add}
          <kbd>N</kbd>
        </button>
        <SearchBox text={props.text} label={w.search} input={props.search} onText={props.onText} />
        <p class="quiet" role="status">
          {w.count(hits.length)}
        </p>
      </div>
      <ul class="results cameras-list">
        {hits.map((camera) => (
          <li key={camera.id}>
            <button
              type="button"
              class="result camera-row"
              data-camera={camera.id}
              aria-pressed={camera.id === props.chosen}
              onClick={() => props.onCamera(camera.id)}
            >
              <span class={`state-dot state-${camera.state}`} title={words.camera.state[camera.state]} />
              <span class="camera-name">{camera.name}</span>
              <span class="camera-facts">
                {words.camera.stateSince(
                  words.camera.state[camera.state],
                  ago(words, Date.parse(camera.state_since), now),
                )}
                {" · "}
                {camera.residual_m === null ? w.uncalibrated : w.calibrated(camera.residual_m.toFixed(2))}
              </span>
              {camera.state === "offline" && camera.reason !== "" && (
                <span class="camera-reason" title={camera.reason}>
                  {reason(camera.reason, words)}
                </span>
              )}
            </button>
          </li>
        ))}
        {hits.length === 0 &&
          (props.cameras.length === 0 ? (
            <Empty title={w.noneTitle} hint={w.noneHint} icon="camera" />
          ) : (
            <Empty title={w.noMatchTitle} hint={w.noMatchHint} icon="search" />
          ))}
      </ul>
      <details class="uncovered">
        <summary>
          {words.uncovered.title}
          <span class="uncovered-count">{words.uncovered.count(props.uncovered.length)}</span>
        </summary>
        {props.uncovered.length === 0 && <p class="quiet">{words.uncovered.none}</p>}
        <ul>
          {props.uncovered.map((place) => (
            <li key={`${place.kind} ${place.id}`}>
              <button type="button" class="uncovered-item" onClick={() => props.onPlace(place)}>
                <span class="swatch" data-rule={place.rule} data-kind={place.kind} />
                <span>{place.name}</span>
                <span class="quiet">
                  {place.class !== "" && `${className(classes, place.class, words)} · `}
                  {words.uncovered.seen(Math.round(place.seen * 100))}
                  {place.blind.length > 0 &&
                    ` · ${words.uncovered.blind(place.blind.map((id) => names.get(id) ?? id).join(words.sentence.comma))}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}

const order: Record<Camera["state"], number> = { offline: 0, unknown: 1, online: 2 };

/** Cameras that hold every word of the text somewhere; those in trouble first. */
export function find(cameras: readonly Camera[], text: string, words: Words): Camera[] {
  const wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return cameras
    .filter((camera) => {
      const why = reason(camera.reason, words);
      const shown = [camera.id, camera.name, camera.reason, why, camera.grid?.name, camera.grid?.street]
        .join(" ")
        .toLowerCase();
      return wanted.every((word) => shown.includes(word));
    })
    .sort((a, b) => order[a.state] - order[b.state] || a.name.localeCompare(b.name, "zh"));
}
