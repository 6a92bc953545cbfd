import type { Position } from "geojson";
import type { ComponentChildren } from "preact";
import type { Impact } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { areaWords } from "../../map/amount";
import type { ImpactTable as Table } from "./ImpactBar";

interface Props {
  impact: Impact;
  table: Table;
  onFly(at: Position): void;
  onGrid(code: string): void;
}

/** One number of the bar in full. A row of a thing flies to it, a row of a grid chooses it. */
export function ImpactTable({ impact, table, onFly, onGrid }: Props) {
  const words = useWords();
  const w = words.editing;
  switch (table) {
    case "grids":
      return (
        <Rows words={2} head={[w.name, w.change, w.areaBefore, w.areaAfter, w.difference]}>
          {impact.grids.map((grid) => (
            <tr key={grid.code} onClick={() => onGrid(grid.code)}>
              <td>
                {grid.name} <span class="code">{grid.code}</span>
              </td>
              <td>{w.changes[grid.change]}</td>
              <td class="number">{areaWords(grid.area_before_m2)}</td>
              <td class="number">{areaWords(grid.area_after_m2)}</td>
              <td class="number">{signed(grid.area_after_m2 - grid.area_before_m2, areaWords)}</td>
            </tr>
          ))}
        </Rows>
      );
    case "officers":
      return (
        <Rows head={[w.officer, w.gridsBefore, w.gridsAfter, w.difference]}>
          {impact.officers.map((officer) => (
            <tr key={officer.id}>
              <td>{officer.name}</td>
              <td class="number">{officer.grids_before}</td>
              <td class="number">{officer.grids_after}</td>
              <td class="number">{signed(officer.grids_after - officer.grids_before, String)}</td>
            </tr>
          ))}
        </Rows>
      );
    case "beats":
      return (
        <Rows head={[words.planner.beat, w.alertsBefore, w.alertsAfter, w.areaBefore, w.areaAfter]}>
          {impact.beats.map((beat) => (
            <tr key={beat.id}>
              <td>{beat.name}</td>
              <td class="number">{beat.alerts_before}</td>
              <td class="number">
                {beat.alerts_after}
                <Load before={beat.alerts_before} after={beat.alerts_after} />
              </td>
              <td class="number">{areaWords(beat.area_before_m2)}</td>
              <td class="number">{areaWords(beat.area_after_m2)}</td>
            </tr>
          ))}
        </Rows>
      );
    default:
      return (
        <Rows words={3} head={[w.name, w.fromGrid, w.toGrid]}>
          {impact[table].map((thing) => (
            <tr key={thing.id} onClick={() => onFly([thing.lon, thing.lat])}>
              <td>{thing.name}</td>
              <td>{thing.from?.name ?? words.planner.outside}</td>
              <td>{thing.to?.name ?? words.planner.outside}</td>
            </tr>
          ))}
        </Rows>
      );
  }
}

/** The first columns are words, the others numbers. */
function Rows({
  head,
  words = 1,
  children,
}: {
  head: readonly string[];
  words?: number;
  children: ComponentChildren;
}) {
  return (
    <div class="impact-table">
      <table>
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={cell} class={i >= words ? "number" : ""}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The load after, against the load before. */
function Load({ before, after }: { before: number; after: number }) {
  if (before === after) return null;
  return (
    <span class={after > before ? "load load-more" : "load load-less"}>{signed(after - before, String)}</span>
  );
}

function signed(value: number, words: (value: number) => string): string {
  if (Math.round(value * 10) === 0) return "—";
  return `${value > 0 ? "+" : "−"}${words(Math.abs(value))}`;
}
