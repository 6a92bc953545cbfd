import type { Words } from "./words";

/** The city's zone: a time is said as the city's clocks show it, wherever the screen stands. */
let zone = "Asia/Shanghai";

export function setZone(name: string): void {
  zone = name;
}

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

/** 14:02:07, and with the date before it when that is not the day of now. */
export function clockTime(then: number, now: number = then): string {
  const { date, time } = wall(then);
  return date === wall(now).date ? time : `${date.slice(5)} ${time}`;
}

/** 2026-12-01. */
export function calendarDate(then: number): string {
  return wall(then).date;
}

/** 2026-12-01 14:02:07. */
export function exactTime(then: number): string {
  const { date, time } = wall(then);
  return `${date} ${time}`;
}

/** 2026-12-01T14:02:07: what a field for date and time holds, by the city's clocks. */
export function wallText(then: number): string {
  const { date, time } = wall(then);
  return `${date}T${time}`;
}

/** The moment at which the city's clocks show what such a field holds; null where it holds none. */
export function fromWall(text: string): number | null {
  const shown = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(shown)) return null;
  const aheadAt = (then: number) => Date.parse(`${wallText(then)}Z`) - then;
  return shown - aheadAt(shown - aheadAt(shown));
}

export function hourOf(then: number): number {
  return Number(wall(then).time.slice(0, 2));
}

/** The moment at which the city's day of now began. */
export function startOfDay(now: number): number {
  const { date, time } = wall(now);
  const second = Math.floor(now / 1000) * 1000;
  const ahead = Date.parse(`${date}T${time}Z`) - second;
  return Date.parse(`${date}T00:00:00Z`) - ahead;
}

/** The city's noon of a calendar day, 2026-12-01: the moment that stands for the day as a whole. */
export function noonOf(day: string): number {
  return startOfDay(Date.parse(`${day}T12:00:00Z`)) + 12 * hour * 1000;
}

/** What calendar and clock show in the city. */
function wall(then: number): { date: string; time: string } {
  // Swedish writes ISO 8601: 2026-12-01 14:02:07.
  const [date = "", time = ""] = formatOf(zone).format(then).split(" ");
  return { date, time };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    formats.set(timeZone, format);
  }
  return format;
}

/** 420 m below a kilometre, 1.1 km above; the nearer, the rounder a claim would lie, so tens of metres. */
export function distance(metres: number): string {
  if (metres < 1000) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  return `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`;
}
