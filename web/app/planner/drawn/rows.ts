import type { Geometry } from "geojson";
import { calendarDate } from "../../i18n/time";
import type { Words } from "../../i18n/words";
import { placeMark, type ThingKind } from "../../map/things";
import { hoursText } from "../../rules/hours";
import { className } from "../../state/placeClasses";
import type { FenceDraft } from "../../things/fence";
import { standing } from "../../things/permit";
import type { Things } from "./useThings";

/** A thing as a line of a list. */
export interface Row {
  kind: ThingKind;
  id: string;
  name: string;
  note: string;
  /** Of a fence: its matter's hue. */
  rule?: string;
  /** Of a place: the mark of its class, and whether somebody has to see it. */
  mark?: string;
  key?: boolean;
  /** Null for a fence on a camera's frame that says no ground. */
  shape: Geometry | null;
}

/** All of a kind, by their names. */
export function rowsOf(kind: ThingKind, things: Things, words: Words, now: number): Row[] {
  return linesOf(kind, things, words, now).sort((a, b) => a.name.localeCompare(b.name, "zh"));
}

function linesOf(kind: ThingKind, things: Things, words: Words, now: number): Row[] {
  const zh = words.language === "zh";
  switch (kind) {
    case "fences":
      return things.fences.map(({ geometry, properties: { id, name, rule, hours, frame } }) => {
        const known = things.rules.find(({ key }) => key === rule);
        const says = known === undefined ? rule : zh ? known.name : known.name_en;
        const when = hoursText(hours as FenceDraft["hours"], words);
        const note = [says, when, ...(frame === null ? [] : [words.planner.onFrame])].join(" · ");
        return { kind, id, name, note, rule, shape: geometry };
      });
    case "permits":
      return things.permits.map((permit) => {
        const { id, name, holder, until, area } = permit;
        const last = words.planner.until(calendarDate(Date.parse(until) - 1));
        const state = words.permits.standing[standing(permit, now)];
        return { kind, id, name, note: `${holder} · ${last} · ${state}`, shape: area };
      });
    case "places":
      return things.places.map(({ id, name, class: of, key, geometry }) => {
        const called = className(things.classes, of, words);
        const note = key ? `${called} · ${words.things.key}` : called;
        return { kind, id, name, note, mark: placeMark(called), key, shape: geometry };
      });
  }
}

/** The rows that have every word of the text in their name, id or note; those whose name begins with it come first. */
export function matching(rows: readonly Row[], text: string): Row[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [...rows];
  const parts = wanted.split(/\s+/);
  const hit = ({ id, name, note }: Row) => {
    const said = `${id} ${name} ${note}`.toLowerCase();
    return parts.every((part) => said.includes(part));
  };
  const first = ({ name }: Row) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return rows.filter(hit).sort((a, b) => first(a) - first(b));
}
