/** A value that tells its watchers when it changes. */
export class Value<T> {
  #now: T;
  readonly #watchers = new Set<(now: T) => void>();

  constructor(first: T) {
    this.#now = first;
  }

  get(): T {
    return this.#now;
  }

  set(next: T): void {
    if (Object.is(next, this.#now)) return;
    this.#now = next;
    for (const watcher of [...this.#watchers]) watcher(next);
  }

  /** Calls watcher on every later change, until the returned function is called. */
  watch(watcher: (now: T) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
