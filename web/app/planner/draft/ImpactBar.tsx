import type { Impact } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { Icon } from "../../parts/Icon";
import { Failure } from "../../parts/Notice";
import type { Reckoned } from "./useImpact";

export const impactTables = ["grids", "cameras", "places", "fences", "officers", "alerts", "beats"] as const;
export type ImpactTable = (typeof impactTables)[number];

interface Props {
  reckoned: Reckoned;
  days: number;
  table: ImpactTable | null;
  onTable(table: ImpactTable | null): void;
  onDays(days: number): void;
}

/** What this draft moves, as numbers; each opens its table and its places on the map. */
export function ImpactBar({ reckoned, days, table, onTable, onDays }: Props) {
  const words = useWords();
  const w = words.editing;
  const { impact, error, busy } = reckoned;
  return (
    <div class={busy ? "impact impact-busy" : "impact"} aria-busy={busy}>
      <span class="impact-lead">{w.moves}</span>
      {error !== null ? (
        <Failure error={error} small />
      ) : impact === null ? (
        <span class="quiet">{w.reckoning}</span>
      ) : isNothing(impact) ? (
        <span class="quiet">{w.movesNothing}</span>
      ) : (
        impactTables.map((one) => {
          const n = impact[one].length;
          return (
            <button
              key={one}
              type="button"
              class="impact-figure"
              data-impact={one}
              data-count={n}
              aria-pressed={table === one}
              disabled={n === 0}
              onClick={() => onTable(table === one ? null : one)}
            >
              <strong>{n}</strong> {w.impact[one]}
            </button>
          );
        })
      )}
      <label class="impact-days">
        {w.days}
        <select value={days} onChange={(event) => onDays(Number(event.currentTarget.value))}>
          {[7, 30, 90].map((n) => (
            <option key={n} value={n}>
              {w.lastDays(n)}
            </option>
          ))}
        </select>
      </label>
      {table !== null && (
        <button type="button" class="tool" aria-label={words.close} onClick={() => onTable(null)}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function isNothing(impact: Impact): boolean {
  return impactTables.every((one) => impact[one].length === 0);
}
