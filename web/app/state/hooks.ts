import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clock } from "./clock";
import { type Hash, readHash, replaceHash, writeHash } from "./hash";
import type { Value } from "./value";

/** The value now; the component is drawn again when it changes. */
export function useValue<T>(value: Value<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    const shown = value.get();
    const unwatch = value.watch(() => redraw({}));
    if (!Object.is(shown, value.get())) redraw({});
    return unwatch;
  }, [value]);
  return value.get();
}

/** The value of the newest drawing, for handlers that outlive theirs. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}

/** Milliseconds since 1970, drawn again every second. */
export function useNow(): number {
  return useValue(clock());
}

/** True once `busy` has lasted 300 ms: what is quicker needs no progress sign. */
export function useSlow(busy: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!busy) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, [busy]);
  return slow;
}

/**
 * Follows the address when a link or a person changes its part after '#'; what replaceHash writes is not followed. Layout
 * effects leave no moment between what is shown and the address in which a change would be missed.
 */
export function useFollowing(follow: (hash: Hash) => void): void {
  const latest = useRef(follow);
  latest.current = follow;
  useLayoutEffect(() => {
    const changed = () => latest.current(readHash(location.hash));
    addEventListener("popstate", changed);
    return () => removeEventListener("popstate", changed);
  }, []);
}

/** Keeps what is looked at in the address, and follows it. */
export function useAddress(values: Hash, follow: (hash: Hash) => void): void {
  useLayoutEffect(() => replaceHash(values), [writeHash(values)]);
  useFollowing(follow);
}
