import { useState } from "preact/hooks";
import type { Grid, Person } from "../../api/city";
import type { Api } from "../../api/client";
import type { BeatList } from "../../api/editions";
import { Problem } from "../../api/problem";
import { useWords } from "../../i18n/language";
import { Icon } from "../../parts/Icon";
import { Failure } from "../../parts/Notice";
import { type BeatPlan, beatColours, changeOf, countOf, type GridKey, keyOf, takenBy, toggled } from "./plan";
import type { Beats } from "./useBeats";

interface Props {
  api: Api;
  beats: Beats;
  list: BeatList;
  plan: BeatPlan;
  grids: readonly Grid[];
  onChanged(): void;
}

/** One beat: its name and colour, who answers first and next, and its grids, which are clicked on the map. */
export function BeatForm({ api, beats, list, plan, grids, onChanged }: Props) {
  const words = useWords();
  const w = words.beats;
  const [busy, setBusy] = useState(false);
  const [takeOver, setTakeOver] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const taken = takenBy(list.items, plan);
  const nameOf = (key: GridKey) =>
    grids.find(({ properties }) => keyOf(properties) === key)?.properties.name ?? key.split("/")[1] ?? key;
  const put = (change: Partial<BeatPlan>) => beats.setPlan({ ...plan, ...change });
  const go = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setTrouble(null);
    try {
      await deed();
      await beats.reload();
      beats.setPlan(null);
      onChanged();
    } catch (error) {
      setTrouble(error);
      setBusy(false);
      // Somebody else was faster: what is told now is told of what is.
      if (error instanceof Problem && error.status === 409) await beats.reload();
    }
  };
  const unnamed = plan.name.trim() === "";
  return (
    <form
      class="beat-form"
      aria-label={plan.fresh ? w.new : plan.name}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !unnamed && (taken.length === 0 || takeOver))
          void go(() => api.putBeat(plan.id, changeOf(plan, takeOver)));
      }}
    >
      <button type="button" class="tool tool-words beat-back" onClick={() => beats.setPlan(null)}>
        <Icon name="back" size={16} />
        {w.back}
      </button>
      <label class="field">
        <span>{w.name}</span>
        <input
          id="beat-name"
          class="input"
          value={plan.name}
          maxLength={200}
          placeholder={w.newName}
          onInput={(event) => put({ name: event.currentTarget.value })}
        />
      </label>
      <fieldset class="beat-colours" aria-label={w.colour}>
        {beatColours.map((colour) => (
          <button
            key={colour}
            type="button"
            class="beat-swatch"
            data-colour={colour}
            aria-label={w.colours(colour)}
            aria-pressed={plan.colour === colour}
            onClick={() => put({ colour })}
          />
        ))}
      </fieldset>
      <Members people={list.officers} chosen={plan.members} onChoose={(members) => put({ members })} />
      <section class="beat-part">
        <h3>{w.grids(countOf(plan.grids, "community"), countOf(plan.grids, "road"))}</h3>
        <p class="quiet">{w.howGrids}</p>
        {plan.grids.length > 0 && (
          <ul class="beat-grids">
            {[...plan.grids].sort().map((key) => (
              <li key={key}>
                <span class="beat-grid">{nameOf(key)}</span>
                <button
                  type="button"
                  class="tool"
                  aria-label={w.out(nameOf(key))}
                  onClick={() => beats.setPlan(toggled(plan, key))}
                >
                  <Icon name="close" size={14} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </section>
      {taken.length > 0 && (
        <div class="beat-taken" role="alert" data-taken={taken.length}>
          <p>{w.taken(taken.length)}</p>
          <ul>
            {taken.map(({ key, beat }) => (
              <li key={key}>{w.takenFrom(nameOf(key), beat.name)}</li>
            ))}
          </ul>
          <label class="layer">
            <input
              id="beat-take-over"
              type="checkbox"
              checked={takeOver}
              onChange={(event) => setTakeOver(event.currentTarget.checked)}
            />
            {w.takeOver}
          </label>
        </div>
      )}
      {trouble instanceof Problem && trouble.status === 409 ? (
        <p class="beat-left" role="alert">
          {w.changedMeanwhile}
        </p>
      ) : (
        trouble !== null && <Failure error={trouble} small />
      )}
      <div class="form-foot beat-foot">
        <button
          type="submit"
          class="button button-primary"
          data-do="save-beat"
          disabled={busy || unnamed || (taken.length > 0 && !takeOver)}
        >
          {w.save}
        </button>
        {unnamed && <span class="quiet">{w.unnamed}</span>}
        {!plan.fresh && (
          <button
            type="button"
            class="button button-bad grid-delete"
            data-do="delete-beat"
            disabled={busy}
            onClick={() => {
              if (confirm(w.sureRemove(plan.name))) void go(() => api.deleteBeat(plan.id));
            }}
          >
            {w.remove}
          </button>
        )}
      </div>
    </form>
  );
}

interface MembersProps {
  people: readonly Person[];
  chosen: readonly Person[];
  onChoose(members: readonly Person[]): void;
}

/** Who answers, in the order in which they are told. */
function Members({ people, chosen, onChoose }: MembersProps) {
  const w = useWords().beats;
  const others = people.filter(({ id }) => !chosen.some((member) => member.id === id));
  return (
    <section class="beat-part">
      <h3>
        {w.members} <span class="quiet">{w.membersHint}</span>
      </h3>
      {chosen.length === 0 && <p class="beat-left">{w.noMembers}</p>}
      <ol class="beat-members">
        {chosen.map((member, i) => (
          <li key={member.id} data-member={member.id}>
            <span class="avatar" aria-hidden="true">
              {[...member.name][0]}
            </span>
            <span class="beat-grid">
              {member.name} {i === 0 && <span class="tag">{w.first}</span>}
            </span>
            {i > 0 && (
              <button
                type="button"
                class="tool"
                aria-label={w.up(member.name)}
                onClick={() => onChoose(chosen.toSpliced(i, 1).toSpliced(i - 1, 0, member))}
              >
                <Icon name="upload" size={14} />
              </button>
            )}
            <button
              type="button"
              class="tool"
              aria-label={w.out(member.name)}
              onClick={() => onChoose(chosen.filter(({ id }) => id !== member.id))}
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <select
          id="beat-add"
          class="input"
          value=""
          aria-label={w.add}
          onChange={(event) => {
            const found = others.find(({ id }) => String(id) === event.currentTarget.value);
            if (found !== undefined) onChoose([...chosen, found]);
          }}
        >
          <option value="">{w.add}</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}
