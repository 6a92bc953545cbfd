import type { Words } from "./words";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long, in the two largest units that say something: 4 分 12 秒, 1 小时 10 分. */
export function span(words: Words, seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const w = words.time;
  if (s < minute) return w.seconds(s);
  if (s < hour) return w.minutes(Math.floor(s / minute), s % minute);
  if (s < day) return w.hours(Math.floor(s / hour), Math.floor((s % hour) / minute));
  return w.days(Math.floor(s / day), Math.floor((s % day) / hour));
}

/** How long in one unit, for a narrow place. */
export function shortSpan(words: Words, seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const w = words.time;
  if (s < minute) return w.seconds(s);
  if (s < hour) return w.minutes(Math.floor(s / minute), 0);
  if (s < day) return w.hours(Math.floor(s / hour), Math.floor((s % hour) / minute));
  return w.days(Math.floor(s / day), Math.floor((s % day) / hour));
}

/** How long ago; what a clock that runs a little ahead calls the future is now. */
export function ago(words: Words, then: number, now: number): string {
  const s = Math.floor((now - then) / 1000);
  const w = words.time;
  if (s < 5) return w.justNow;
  if (s < minute) return w.secondsAgo(s);
  if (s < hour) return w.minutesAgo(Math.floor(s / minute));
  if (s < day) return w.hoursAgo(Math.floor(s / hour));
  return w.daysAgo(Math.floor(s / day));
}

/** 14:02:07 in this device's zone, and with the date before it when that is not the day of now. */
export function clockTime(then: number, now: number = then): string {
  const date = new Date(then);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return sameDay(date, new Date(now)) ? time : `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** 2026-12-01 in this device's zone. */
export function calendarDate(then: number): string {
  const date = new Date(then);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function startOfDay(now: number): number {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** 420 m below a kilometre, 1.1 km above; the nearer, the rounder a claim would lie, so tens of metres. */
export function distance(metres: number): string {
  if (metres < 1000) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  return `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
