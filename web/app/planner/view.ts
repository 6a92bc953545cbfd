import { noonOf } from "../i18n/time";
import { type Hash, type MapPosition, readPosition, writePosition } from "../state/hash";

/** What the planner looks at; all of it stands in the address. */
export interface PlannerView {
  /** The chosen grid's code. */
  grid: string | null;
  text: string;
  /** A calendar day as YYYY-MM-DD; null is now. */
  day: string | null;
  map: MapPosition | null;
}

export function readView(hash: Hash): PlannerView {
  const { grid = "", at = "" } = hash;
  return {
    grid: /^\d{15}$/.test(grid) ? grid : null,
    text: hash.q ?? "",
    day: isDay(at) ? at : null,
    map: readPosition(hash.map),
  };
}

export function writeView({ grid, text, day, map }: PlannerView): Hash {
  return { grid: grid ?? "", q: text.trim(), at: day ?? "", map: map === null ? "" : writePosition(map) };
}

/** The moment that stands for a day: the city's noon, so that an edition of that day is in force. Undefined is now. */
export function momentOf(day: string | null): string | undefined {
  return day === null ? undefined : new Date(noonOf(day)).toISOString();
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`));
}
