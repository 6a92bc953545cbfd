import { type StateUpdater, useState } from "preact/hooks";
import { begin, type History, step, undo } from "../state/history";

/** One drawn thing that is being changed, and what became of saving it. */
export interface Edited<T> {
  /** Null while none is. */
  now: T | null;
  changed: boolean;
  state: "idle" | "busy" | "saved";
  /** Why it could not be saved or removed. */
  trouble: unknown;
  /** Takes up a thing of the city, or puts it down. */
  take(thing: T | null): void;
  /** Takes up one that was just drawn: it is not the city's yet. */
  make(thing: T): void;
  put(thing: T, first?: boolean): void;
  undo(): void;
  /** Stores it, and goes on with what was stored. */
  save(store: () => Promise<T>): Promise<boolean>;
  /** Reports whether it is gone; it is put down then. */
  remove(drop: () => Promise<void>): Promise<boolean>;
}

export function useEdited<T>(): Edited<T> {
  const [history, setHistory] = useState<History<T> | null>(null);
  const [state, setState] = useState<Edited<T>["state"]>("idle");
  const [trouble, setTrouble] = useState<unknown>(null);
  const edit = (next: StateUpdater<History<T> | null>) => {
    setTrouble(null);
    setState("idle");
    setHistory(next);
  };
  const attempt = async (deed: () => Promise<void>) => {
    setState("busy");
    setTrouble(null);
    try {
      await deed();
      return true;
    } catch (error) {
      setTrouble(error);
      setState("idle");
      return false;
    }
  };
  return {
    now: history?.now ?? null,
    changed: history !== null && history.before.length > 0,
    state,
    trouble,
    take: (thing) => edit(thing === null ? null : begin(thing)),
    make: (thing) => edit({ now: thing, before: [thing] }),
    put: (thing, first = true) => edit((past) => (past === null ? begin(thing) : step(past, thing, first))),
    undo: () => edit((past) => (past === null ? null : undo(past))),
    save: (store) =>
      attempt(async () => {
        setHistory(begin(await store()));
        setState("saved");
      }),
    remove: (drop) =>
      attempt(async () => {
        await drop();
        edit(null);
      }),
  };
}
