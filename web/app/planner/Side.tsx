import type { Ref } from "preact";
import type { Edition, Grid, Net } from "../api/city";
import { nets } from "../api/city";
import { useWords } from "../i18n/language";
import { calendarDate, noonOf } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { DemoTag } from "../parts/Tags";
import { inForce } from "./nets";

interface EditionsProps {
  editions: readonly Edition[];
  at: number;
  onDay(day: string | null): void;
}

/** Which boundaries hold, and since when; a click looks at the city as of that edition. */
export function Editions({ editions, at, onDay }: EditionsProps) {
  const words = useWords();
  const w = words.planner;
  const now = Date.now();
  return (
    <section class="side-block">
      <h2>{w.editions}</h2>
      {editions.length === 0 && (
        <p class="quiet">
          {w.emptyEditions}。{w.emptyEditionsHint}
        </p>
      )}
      <ul class="editions">
        {nets
          .flatMap((net) => editions.filter((edition) => edition.net === net))
          .map((edition) => {
            const from = Date.parse(edition.from);
            const current = inForce(editions, edition.net, now)?.id === edition.id;
            return (
              <li key={edition.id}>
                <button
                  type="button"
                  class="edition"
                  aria-pressed={inForce(editions, edition.net, at)?.id === edition.id}
                  onClick={() => onDay(current ? null : dayWithin(from))}
                >
                  <NetSign net={edition.net} />
                  <span class="edition-title">{edition.title}</span>
                  <span class="edition-state">{current && w.inForce}</span>
                  <span class="edition-facts">
                    {w.from(calendarDate(from))}
                    {edition.until !== null && ` ${w.until(calendarDate(Date.parse(edition.until)))}`} ·{" "}
                    {w.grids(edition.grids)}
                    {edition.demo && <DemoTag />}
                  </span>
                </button>
              </li>
            );
          })}
      </ul>
    </section>
  );
}

/** The first whole day of an edition: on the day it begins, noon may still be before it. */
function dayWithin(from: number): string {
  const day = calendarDate(from);
  return noonOf(day) >= from ? day : calendarDate(from + 24 * 3600_000);
}

interface ResultsProps {
  grids: readonly Grid[];
  text: string;
  chosen: string | null;
  search: Ref<HTMLInputElement>;
  onText(text: string): void;
  onGrid(grid: Grid): void;
}

const mostShown = 200;

export function Search({ grids, text, chosen, search, onText, onGrid }: ResultsProps) {
  const words = useWords();
  const w = words.planner;
  return (
    <section class="side-block side-search">
      <div class="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          value={text}
          placeholder={w.search}
          aria-label={w.search}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </div>
      <p class="quiet" role="status">
        {w.results(grids.length)}
      </p>
      {grids.length === 0 ? (
        <Empty title={w.noResults} hint={w.noResultsHint} icon="search" />
      ) : (
        <ul class="results">
          {grids.slice(0, mostShown).map((grid) => {
            const { code, name, net, street } = grid.properties;
            return (
              <li key={`${net} ${code}`}>
                <button
                  type="button"
                  class="result"
                  aria-pressed={code === chosen}
                  onClick={() => onGrid(grid)}
                >
                  <NetSign net={net} />
                  <span class="result-name">{name}</span>
                  <span class="result-street">{street}</span>
                  <span class="result-code code">{code}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/** 社网 is an area, 路网 a corridor. */
export function NetSign({ net }: { net: Net }) {
  const words = useWords();
  return (
    <svg class="net-sign" viewBox="0 0 20 20" width="18" height="18" role="img" aria-label={words.net[net]}>
      {net === "community" ? (
        <path d="M3 5.5 9 3l8 3-1.5 9L8 17l-5-4Z" class="net-area" />
      ) : (
        <path d="M4.5 17 8 3h4l3.5 14Z M10 5v2.500M10 10v2.500M10 15v2" class="net-road" />
      )}
    </svg>
  );
}
