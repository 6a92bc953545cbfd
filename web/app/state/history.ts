import { useState } from "preact/hooks";

/** What is drawn, with every state before it. */
export interface History<T> {
  readonly now: T;
  readonly before: readonly T[];
}

export const begin = <T>(now: T): History<T> => ({ now, before: [] });

/** A new state. Moves of one drag are one step: only its first keeps what was before. */
export function step<T>({ now, before }: History<T>, next: T, first = true): History<T> {
  return { now: next, before: first ? [...before, now] : before };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.before.at(-1);
  return last === undefined ? history : { now: last, before: history.before.slice(0, -1) };
}

export interface Undoable<T> {
  now: T;
  changed: boolean;
  set(next: T, first?: boolean): void;
  undo(): void;
  reset(to: T): void;
}

export function useHistory<T>(initial: T): Undoable<T> {
  const [history, setHistory] = useState(() => begin(initial));
  return {
    now: history.now,
    changed: history.before.length > 0,
    set: (next, first = true) => setHistory((past) => step(past, next, first)),
    undo: () => setHistory(undo),
    reset: (to) => setHistory(begin(to)),
  };
}
