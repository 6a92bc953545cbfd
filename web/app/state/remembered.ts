import { Value } from "./value";

/** A value of a few words that this device remembers. What is stored and no longer a word counts as not stored. */
export function remembered<T extends string>(key: string, first: T, words: readonly T[]): Value<T> {
  const stored = read(key);
  const value = new Value<T>(words.find((word) => word === stored) ?? first);
  value.watch((now) => write(key, now));
  return value;
}

/** Storage may be forbidden or full; then the choice lasts as long as the page. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Reports whether it was kept. */
export function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
