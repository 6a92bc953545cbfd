import type { Geometry } from "geojson";
import type { Grid } from "../../api/city";
import type { Api } from "../../api/client";
import { useWords } from "../../i18n/language";
import { Icon } from "../../parts/Icon";
import { Empty, Failure, Skeleton } from "../../parts/Notice";
import { useSlow } from "../../state/hooks";
import { BeatForm } from "./BeatForm";
import { colourOf, keyOf, newBeat, owners, planOf } from "./plan";
import type { Beats } from "./useBeats";
import "./beats.css";

interface Props {
  api: Api;
  beats: Beats;
  /** Of both nets, as they are in force. */
  grids: readonly Grid[];
  onFly(shapes: readonly Geometry[]): void;
  /** Who answers where changed. */
  onChanged(): void;
}

/** The beats with their grids and officers: a list, or the one that is changed. */
export function BeatSide({ api, beats, grids, onFly, onChanged }: Props) {
  const words = useWords();
  const w = words.beats;
  const { list, trouble, plan, setPlan, reload } = beats;
  const slow = useSlow(list === null);
  if (trouble !== null) return <Failure error={trouble} onRetry={() => void reload()} />;
  if (list === null) return slow ? <Skeleton rows={8} height={48} /> : null;
  if (plan !== null)
    return (
      <BeatForm
        key={plan.id}
        api={api}
        beats={beats}
        list={list}
        plan={plan}
        grids={grids}
        onChanged={onChanged}
      />
    );
  const owner = owners(list.items);
  const left = grids.filter(({ properties }) => !owner.has(keyOf(properties)));
  const shapes = (codes: ReadonlySet<string>) =>
    grids.filter(({ properties }) => codes.has(keyOf(properties))).map(({ geometry }) => geometry);
  return (
    <section class="side-block side-search beat-side">
      <div class="side-head">
        <h2>{words.planner.things.beats(list.items.length)}</h2>
        <button
          type="button"
          class="tool tool-words"
          data-do="new-beat"
          onClick={() => setPlan(newBeat(list.items, Date.now()))}
        >
          <Icon name="plus" size={16} />
          {w.new}
        </button>
      </div>
      {grids.length > 0 && (
        <p class={left.length === 0 ? "quiet" : "beat-left"} data-left={left.length}>
          {left.length === 0 ? w.all : w.nobodys(left.length)}
        </p>
      )}
      {list.items.length === 0 ? (
        <Empty title={words.planner.noBeats} hint={w.howGrids} icon="pin" />
      ) : (
        <ul class="results">
          {list.items.map((beat) => (
            <li key={beat.id}>
              <button
                type="button"
                class="thing beat"
                data-beat={beat.id}
                onClick={() => {
                  setPlan(planOf(list.items, beat));
                  onFly(shapes(new Set(beat.grids.map(keyOf))));
                }}
              >
                <span class="beat-swatch" data-colour={colourOf(list.items, beat.id)} />
                <span class="beat-name">{beat.name}</span>
                <span class={beat.members.length === 0 ? "beat-left" : "quiet"}>
                  {words.planner.grids(beat.grids.length)} ·{" "}
                  {beat.members.length === 0
                    ? words.planner.nobody
                    : beat.members.map(({ name }) => name).join("、")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
