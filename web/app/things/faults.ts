import { Problem } from "../api/problem";
import type { Words } from "../i18n/words";
import { type Point, point } from "../map/points";

/** What the service refused of a form. */
export interface Faults {
  /** By the field's name, in words. */
  fields: ReadonlyMap<string, string>;
  /** Where on the map; null where the service names no place. */
  at: Point | null;
}

export const noFaults: Faults = { fields: new Map(), at: null };

const place = /near longitude (-?[\d.]+), latitude (-?[\d.]+)/;

/** Null for trouble that no field can be blamed for. */
export function faultsOf(trouble: unknown, words: Words): Faults | null {
  if (!(trouble instanceof Problem) || trouble.status !== 422 || trouble.fields.length === 0) return null;
  const fields = new Map<string, string>();
  let at: Point | null = null;
  for (const { location, message } of trouble.fields) {
    const field = fieldOf(location);
    if (field === null) return null;
    if (!fields.has(field)) fields.set(field, inWords(message, words));
    const near = place.exec(message);
    if (near !== null) at ??= point([Number(near[1]), Number(near[2])]);
  }
  return { fields, at };
}

/** body.area.coordinates[0], area[0][0] and geometry are all the area; rules[1] is rules. */
function fieldOf(location: string): string | null {
  const [name = ""] = location.replace(/^body\./, "").split(/[.[]/);
  if (name === "geometry" || name === "frame") return "area";
  return [
    "name",
    "rule",
    "area",
    "hours",
    "thresholds",
    "holder",
    "rules",
    "from",
    "until",
    "stall_m2",
    "class",
  ].includes(name)
    ? name
    : null;
}

/** By what the service says. */
const refusals: readonly (readonly [part: string, known: keyof Words["things"]["refused"]])[] = [
  ["crosses or touches itself", "crosses"],
  ["at least 4 points", "few"],
  ["repeats the point", "repeats"],
  ["is empty", "empty"],
  ["lies outside", "hole"],
  ["must be after from", "order"],
  ["square metres", "size"],
  ["expected number > 0", "positive"],
  ["there is no rule", "rule"],
  ["no class of places", "class"],
  ["HH:MM", "clock"],
];

/** What is unknown stays as it was said. */
function inWords(message: string, words: Words): string {
  const known = refusals.find(([part]) => message.includes(part))?.[1];
  return known === undefined ? message : words.things.refused[known];
}
