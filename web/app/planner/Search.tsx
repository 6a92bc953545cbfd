import type { Ref } from "preact";
import type { Grid } from "../api/city";
import { useWords } from "../i18n/language";
import { Empty } from "../parts/Notice";
import { SearchBox } from "../parts/SearchBox";
import { RowButton } from "./drawn/DrawnList";
import type { Row } from "./drawn/rows";
import { NetSign } from "./NetSign";

interface Props {
  grids: readonly Grid[];
  text: string;
  chosen: readonly string[];
  search: Ref<HTMLInputElement>;
  onText(text: string): void;
  onGrid(grid: Grid): void;
  /** Fences, permits and places that the text finds besides. */
  things: readonly Row[];
  onThing(row: Row): void;
}

const mostShown = 200;
const mostThings = 30;

export function Search({ grids, text, chosen, search, onText, onGrid, things, onThing }: Props) {
  const words = useWords();
  const w = words.planner;
  return (
    <section class="side-block side-search">
      <SearchBox text={text} label={w.search} input={search} onText={onText}>
        <kbd>/</kbd>
      </SearchBox>
      <p class="quiet" role="status">
        {w.results(grids.length)}
      </p>
      {grids.length + things.length === 0 ? (
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
                  aria-pressed={chosen.includes(code)}
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
          {things.length > 0 && <li class="results-also">{words.things.also}</li>}
          {things.slice(0, mostThings).map((row) => (
            <li key={`${row.kind} ${row.id}`}>
              <RowButton row={row} chosen={false} onRow={onThing} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
