import type { Position } from "geojson";
import type { Rule } from "../api/rules";
import type { Permit } from "../api/setup";
import { calendarDate, noonOf, startOfDay } from "../i18n/time";
import { holesOf, type Point, polygonOf, ringOf } from "../map/points";
import { isWindow } from "../rules/hours";

/** A permit as it is being changed: its area as it is drawn, its time as the service keeps it. */
export interface PermitDraft extends Omit<Permit, "area"> {
  known: boolean;
  area: readonly Point[];
  /** Of the area: kept as they are. */
  holes: readonly Position[][];
}

const dayMs = 24 * 3600_000;
/** How long a new permit holds until somebody says otherwise. */
const newDays = 30;

export function draftOf(permit: Permit): PermitDraft {
  return { ...permit, known: true, area: ringOf(permit.area) ?? [], holes: holesOf(permit.area) };
}

export function newPermit(name: string, rules: readonly string[], area: readonly Point[]): PermitDraft {
  const today = startOfDay(Date.now());
  return {
    id: `permit-${crypto.randomUUID().slice(0, 8)}`,
    known: false,
    name,
    holder: "",
    rules: [...rules],
    area,
    holes: [],
    hours: {},
    from: new Date(today).toISOString(),
    until: endOf(calendarDate(today + (newDays - 1) * dayMs)),
    stall_m2: null,
  };
}

/** The moment at which the city's day begins. */
export function beginOf(day: string): string {
  return new Date(startOfDay(noonOf(day))).toISOString();
}

/** The moment at which it is over: the service's until does not belong to the permit any more, people's last day does. */
export function endOf(day: string): string {
  return new Date(startOfDay(noonOf(day) + dayMs)).toISOString();
}

export function lastDay(until: string): string {
  return calendarDate(Date.parse(until) - 1);
}

/** What a permit lifts until somebody says otherwise: vending, where the city has such a rule. */
export function usual(rules: readonly Rule[]): string[] {
  const rule = rules.find(({ key }) => key === "vending") ?? rules[0];
  return rule === undefined ? [] : [rule.key];
}

/** What is sent of it. */
export function changeOf({ id: _, known: __, area, holes, ...said }: PermitDraft): Omit<Permit, "id"> {
  const { name, holder } = said;
  return { ...said, name: name.trim(), holder: holder.trim(), area: polygonOf(area, holes) };
}

export function isGood({ name, holder, rules, hours, from, until, stall_m2 }: PermitDraft): boolean {
  return (
    name.trim() !== "" &&
    holder.trim() !== "" &&
    rules.length > 0 &&
    Date.parse(until) > Date.parse(from) &&
    (stall_m2 === null || stall_m2 > 0) &&
    (hours.windows ?? []).every(isWindow)
  );
}

export type Standing = "holds" | "later" | "over";

/** Whether it holds by its dates; its hours are another matter. */
export function standing({ from, until }: Pick<Permit, "from" | "until">, now: number): Standing {
  if (now < Date.parse(from)) return "later";
  return now < Date.parse(until) ? "holds" : "over";
}
