import { Value } from "./value";

let shared: Value<number> | undefined;

/** The page's one clock; it ticks every second, so that a hundred relative times need one timer. */
export function clock(): Value<number> {
  if (shared === undefined) {
    const ticking = new Value(Date.now());
    setInterval(() => ticking.set(Date.now()), 1000);
    shared = ticking;
  }
  return shared;
}
