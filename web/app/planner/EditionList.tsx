import { useState } from "preact/hooks";
import { type Net, nets } from "../api/city";
import type { Draft } from "../api/editions";
import { useWords } from "../i18n/language";
import { calendarDate, noonOf } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { DemoTag } from "../parts/Tags";
import { arranged, inForce, isDated, standingOf } from "./editions";
import { NetSign } from "./NetSign";

interface Props {
  editions: readonly Draft[];
  at: number;
  open: number | null;
  onOpen(id: number): void;
  onDay(day: string | null): void;
  onNew(net: Net, title: string, from: string | undefined): Promise<void>;
  onImport(): void;
}

/** Editions with their states. A draft is opened, a dated one is looked at as of its first day. */
export function EditionList({ editions, at, open, onOpen, onDay, onNew, onImport }: Props) {
  const words = useWords();
  const w = words.planner;
  const now = Date.now();
  const [making, setMaking] = useState(false);
  const [older, setOlder] = useState(false);
  const { listed, past } = arranged(editions, now);
  return (
    <section class="side-block side-editions">
      <header class="side-head">
        <h2>{w.editions}</h2>
        <button type="button" class="tool tool-words" data-do="import" onClick={onImport}>
          <Icon name="upload" size={16} />
          {w.import}
        </button>
        <button
          type="button"
          class="tool tool-words"
          data-do="new-draft"
          aria-expanded={making}
          onClick={() => setMaking(!making)}
        >
          <Icon name="plus" size={16} />
          {w.newDraft}
        </button>
      </header>
      {making && (
        <NewDraft
          onCancel={() => setMaking(false)}
          onNew={async (...said) => {
            await onNew(...said);
            setMaking(false);
          }}
        />
      )}
      {editions.length === 0 && (
        <p class="quiet">
          {w.emptyEditions}。{w.emptyEditionsHint}
        </p>
      )}
      <ul class="editions">
        {[...listed, ...(older ? past : [])].map((edition) => (
          <li key={edition.id}>
            <Row
              edition={edition}
              now={now}
              pressed={
                open === null ? inForce(editions, edition.net, at)?.id === edition.id : open === edition.id
              }
              onPick={() => {
                if (edition.from === null || !isDated(edition)) onOpen(edition.id);
                else {
                  const current = inForce(editions, edition.net, now)?.id === edition.id;
                  onDay(current ? null : dayWithin(Date.parse(edition.from)));
                }
              }}
              onOpen={() => onOpen(edition.id)}
            />
          </li>
        ))}
      </ul>
      {past.length > 0 && (
        <button type="button" class="link-button" onClick={() => setOlder(!older)}>
          {older ? w.fewer : w.older(past.length)}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  edition: Draft;
  now: number;
  pressed: boolean;
  onPick(): void;
  onOpen(): void;
}

function Row({ edition, now, pressed, onPick, onOpen }: RowProps) {
  const words = useWords();
  const w = words.planner;
  const standing = standingOf(edition, now);
  const { from, until, author } = edition;
  const dated = isDated(edition);
  return (
    <div class="edition-row">
      <button
        type="button"
        class="edition"
        data-edition={edition.id}
        data-standing={standing}
        aria-pressed={pressed}
        onClick={onPick}
      >
        <NetSign net={edition.net} />
        <span class="edition-title">{edition.title}</span>
        <span class={`standing standing-${standing}`}>{w.standing[standing]}</span>
        <span class="edition-facts">
          {from !== null && w.from(calendarDate(Date.parse(from)))}
          {from !== null && until !== null && ` ${w.until(calendarDate(Date.parse(until)))}`}
          {from !== null && " · "}
          {w.grids(edition.grids)}
          {author !== null && !dated && ` · ${author.name}`}
          {edition.changed.length > 0 && !dated && ` · ${w.changedGrids(edition.changed.length)}`}
          {edition.demo && <DemoTag />}
        </span>
      </button>
      {dated && (
        <button
          type="button"
          class="tool edition-open"
          aria-label={w.openEdition}
          title={w.openEdition}
          onClick={onOpen}
        >
          <Icon name="list" size={16} />
        </button>
      )}
    </div>
  );
}

interface NewProps {
  onNew(net: Net, title: string, from: string | undefined): Promise<void>;
  onCancel(): void;
}

/** A draft begins as a copy of what is in force. */
function NewDraft({ onNew, onCancel }: NewProps) {
  const words = useWords();
  const w = words.planner;
  const [net, setNet] = useState<Net>("community");
  const [title, setTitle] = useState("");
  const [busy, setBusy] = useState(false);
  const suggested = w.draftTitle(words.net[net], calendarDate(Date.now()));
  return (
    <form
      class="new-draft"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void onNew(net, title.trim() === "" ? suggested : title.trim(), undefined).finally(() =>
          setBusy(false),
        );
      }}
    >
      <fieldset class="choice" aria-label={w.net}>
        {nets.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={net === one}
            data-net={one}
            class="choice-item"
            onClick={() => setNet(one)}
          >
            <NetSign net={one} />
            {words.net[one]}
          </button>
        ))}
      </fieldset>
      <input
        class="input"
        id="draft-title"
        value={title}
        maxLength={100}
        placeholder={suggested}
        aria-label={w.title_}
        onInput={(event) => setTitle(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button button-primary" data-do="make-draft" disabled={busy}>
          {busy ? words.setup.saving : w.makeDraft}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {words.setup.cancel}
        </button>
      </div>
      <p class="quiet">{w.newDraftHint}</p>
    </form>
  );
}

/** The first whole day of an edition: on the day it begins, noon may still be before it. */
function dayWithin(from: number): string {
  const day = calendarDate(from);
  return noonOf(day) >= from ? day : calendarDate(from + 24 * 3600_000);
}
