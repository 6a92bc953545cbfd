import { useEffect, useState } from "preact/hooks";

export interface Polled<T> {
  /** The last answer; null before the first. */
  value: T | null;
  /** Why the newest question went unanswered; null while all is well. */
  error: unknown;
}

/**
 * Asks now and again `everyMs` after each answer, until the returned function is called. While the page is hidden
 * nobody is asked.
 */
export function poll<T>(
  ask: () => Promise<T>,
  everyMs: number,
  tell: (polled: { value: T } | { error: unknown }) => void,
  hidden: () => boolean = () => document.hidden,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  const turn = async () => {
    if (!hidden()) {
      try {
        const value = await ask();
        if (!gone) tell({ value });
      } catch (error) {
        if (!gone) tell({ error });
      }
    }
    if (!gone) timer = setTimeout(turn, everyMs);
  };
  void turn();
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}

/** What `ask` answers, asked again and again. An error keeps the last answer. */
export function usePoll<T>(ask: () => Promise<T>, everyMs: number, deps: readonly unknown[]): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({ value: null, error: null });
  useEffect(() => {
    setPolled({ value: null, error: null });
    return poll(ask, everyMs, (told) =>
      setPolled((before) =>
        "value" in told ? { value: told.value, error: null } : { ...before, error: told.error },
      ),
    );
  }, deps);
  return polled;
}
