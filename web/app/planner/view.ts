import { noonOf } from "../i18n/time";
import { type Hash, type MapPosition, readId, readPosition, writePosition } from "../state/hash";

/** What the left side lists. */
export const tabs = ["grids", "fences", "permits", "places", "beats"] as const;
export type Tab = (typeof tabs)[number];

/** What the planner looks at; all of it stands in the address. */
export interface PlannerView {
  tab: Tab;
  /** The chosen grid's code. */
  grid: string | null;
  /** The id of the fence, permit or place that is chosen in its tab. */
  thing: string | null;
  text: string;
  /** A calendar day as YYYY-MM-DD; null is now. */
  day: string | null;
  /** The edition that is open; null looks at what is in force on the day. */
  edition: number | null;
  /** The edition beside it under the compare slider. */
  compare: number | null;
  map: MapPosition | null;
}

export function readView(hash: Hash): PlannerView {
  const { grid = "", at = "" } = hash;
  return {
    tab: tabs.find((tab) => tab === hash.tab) ?? "grids",
    thing: hash.thing || null,
    grid: /^\d{15}$/.test(grid) ? grid : null,
    text: hash.q ?? "",
    day: isDay(at) ? at : null,
    edition: readId(hash.edition),
    compare: readId(hash.compare),
    map: readPosition(hash.map),
  };
}

export function writeView({ tab, grid, thing, text, day, edition, compare, map }: PlannerView): Hash {
  return {
    tab: tab === "grids" ? "" : tab,
    edition: edition === null ? "" : String(edition),
    compare: compare === null ? "" : String(compare),
    grid: grid ?? "",
    thing: tab === "grids" || thing === null ? "" : thing,
    q: text.trim(),
    at: day ?? "",
    map: map === null ? "" : writePosition(map),
  };
}

/** The moment that stands for a day: the city's noon, so that an edition of that day is in force. Undefined is now. */
export function momentOf(day: string | null): string | undefined {
  return day === null ? undefined : new Date(noonOf(day)).toISOString();
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`));
}
