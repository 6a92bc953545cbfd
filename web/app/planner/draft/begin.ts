import { calendarDate, noonOf, startOfDay } from "../../i18n/time";

/** The moment at which an edition begins that shall hold from a day on: its first, or now when the day is today. */
export function beginOf(day: string, now: number = Date.now()): string {
  return new Date(day === calendarDate(now) ? now : startOfDay(noonOf(day))).toISOString();
}
