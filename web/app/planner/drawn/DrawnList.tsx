import type { Ref } from "preact";
import { useMemo } from "preact/hooks";
import { useWords } from "../../i18n/language";
import type { ThingKind } from "../../map/things";
import { Icon } from "../../parts/Icon";
import { Empty, Failure, Skeleton } from "../../parts/Notice";
import { SearchBox } from "../../parts/SearchBox";
import { useSlow } from "../../state/hooks";
import { matching, type Row, rowsOf } from "./rows";
import type { CityThings } from "./useThings";

interface Props {
  kind: ThingKind;
  city: CityThings;
  text: string;
  chosen: string | null;
  search: Ref<HTMLInputElement>;
  onText(text: string): void;
  onRow(row: Row): void;
  /** Null where nothing can be drawn now. */
  onMake: (() => void) | null;
}

/** More lines than these are not looked through: people search. */
const mostShown = 200;

/** The things of a kind, searched; each is chosen, and the map flies there. */
export function DrawnList({ kind, city, text, chosen, search, onText, onRow, onMake }: Props) {
  const words = useWords();
  const w = words.things;
  const { things, trouble } = city;
  const slow = useSlow(things === null && trouble === null);
  const rows = useMemo(
    () => (things === null ? [] : rowsOf(kind, things, words, Date.now())),
    [kind, things, words],
  );
  const hits = useMemo(() => matching(rows, text), [rows, text]);
  if (things === null && trouble !== null)
    return <Failure error={trouble} onRetry={() => void city.load()} />;
  if (things === null) return slow ? <Skeleton rows={8} height={44} /> : null;
  return (
    <section class="side-block side-search">
      <div class="drawn-tools">
        <SearchBox text={text} label={w.search[kind]} input={search} onText={onText} />
        {onMake !== null && (
          <button type="button" class="button" data-do="new-thing" title={w.make[kind]} onClick={onMake}>
            <Icon name="plus" size={16} />
            {w.make[kind]}
          </button>
        )}
      </div>
      <p class="quiet" role="status">
        {words.planner.things[kind](hits.length)}
        {onMake === null && ` · ${w.inDraft}`}
      </p>
      {hits.length === 0 ? (
        rows.length === 0 ? (
          <Empty title={w.none[kind]} hint={w.noneHint} icon="pin" />
        ) : (
          <Empty title={w.noHits} hint={w.noHitsHint} icon="search" />
        )
      ) : (
        <ul class="results">
          {hits.slice(0, mostShown).map((row) => (
            <li key={row.id}>
              <RowButton row={row} chosen={row.id === chosen} onRow={onRow} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One thing in a list, with the sign that the map has for it. */
export function RowButton({ row, chosen, onRow }: { row: Row; chosen: boolean; onRow(row: Row): void }) {
  return (
    <button
      type="button"
      class="thing thing-row"
      data-thing={row.id}
      aria-pressed={chosen}
      onClick={() => onRow(row)}
    >
      <ThingSign row={row} />
      <span class="thing-name">{row.name}</span>
      <span class="quiet thing-note">{row.note}</span>
    </button>
  );
}

/** A fence's hue, a permit's hatch, or the mark of a place's class. */
export function ThingSign({
  row: { kind, rule, mark, key },
}: {
  row: Pick<Row, "kind" | "rule" | "mark" | "key">;
}) {
  return (
    <span class={`thing-sign sign-${kind}${key ? " sign-key" : ""}`} data-rule={rule} aria-hidden="true">
      {mark}
    </span>
  );
}
