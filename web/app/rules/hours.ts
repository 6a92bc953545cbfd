import type { Hours } from "../api/rules";
import type { Words } from "../i18n/words";

export type Window = NonNullable<Hours["windows"]>[number];

/** The first window of a day, as somebody begins to write one. */
export const newWindow: Window = { days: [], from: "08:00", to: "18:00" };

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A window is written well: clock times, where the end may also be 24:00. */
export function isWindow({ from, to }: Window): boolean {
  return clock.test(from) && (clock.test(to) || to === "24:00");
}

/** Whether the window ends on the day after it began. */
export function crossesMidnight({ from, to }: Window): boolean {
  return to <= from;
}

/** 每天 22:00–次日 06:00，周一 … as people say hours. */
export function hoursText({ windows = [] }: Hours, words: Words): string {
  const w = words.draft;
  if (windows.length === 0) return w.always;
  return windows
    .map((window) => {
      const { days = [], from, to } = window;
      const on =
        days.length === 0 || days.length === 7
          ? w.everyDay
          : [...days]
              .sort((a, b) => a - b)
              .map((day) => w.days[day])
              .join(words.language === "zh" ? "" : " ");
      return `${on} ${from}–${crossesMidnight(window) ? `${w.overnight} ` : ""}${to}`;
    })
    .join(words.sentence.comma);
}

export function sameHours(a: Hours, b: Hours): boolean {
  const canonical = ({ windows = [] }: Hours) =>
    JSON.stringify(windows.map(({ days = [], from, to }) => [[...days].sort(), from, to]));
  return canonical(a) === canonical(b);
}
