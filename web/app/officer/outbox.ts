import type { AlertDetail } from "../api/city";
import type { Api } from "../api/client";
import { Problem, Unreachable } from "../api/problem";
import { Value } from "../state/value";

/** What an officer does with an alert. */
export type Deed = "acknowledge" | "arrive" | "handle";

/** What is done, before it is in the outbox. */
export interface Doing {
  alert: number;
  deed: Deed;
  note: string;
  photo: Blob | null;
}

/** One deed on its way to the service. */
export interface Item extends Doing {
  /** Names the deed to the service, so that sending it again does nothing twice. */
  key: string;
  /** Until then it can be undone, milliseconds since 1970. */
  until: number;
}

/** A deed that the service did not take, and why. */
export interface Refusal {
  item: Item;
  error: unknown;
}

/** Where the outbox is kept between visits. */
export interface Shelf {
  read(): Promise<unknown>;
  /** Rejects when it was not kept. */
  write(items: readonly Item[]): Promise<void>;
}

export const holdMs = 10_000;

/**
 * The outbox: what an officer did is held for ten seconds, in which it can be undone, and then sent, in order. Without a
 * network it waits on the device, over reloads too. What the service refuses is told until the officer has read it.
 */
export class Outbox {
  readonly items = new Value<readonly Item[]>([]);
  readonly refused = new Value<readonly Refusal[]>([]);
  /** False when the device does not keep the items: they last as long as the page. */
  readonly safe = new Value<boolean>(true);

  readonly #api: Pick<Api, Deed>;
  readonly #shelf: Shelf;
  readonly #took: (alert: AlertDetail) => void;
  #sending: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, Deed>, shelf: Shelf, took: (alert: AlertDetail) => void) {
    this.#api = api;
    this.#shelf = shelf;
    this.#took = took;
  }

  /** Takes what the last visit left, before what was done since. */
  async open(): Promise<void> {
    let left: unknown = [];
    try {
      left = await this.#shelf.read();
    } catch {
      this.safe.set(false);
    }
    const before = Array.isArray(left) ? left.filter(isItem) : [];
    if (before.length > 0) this.#put([...before, ...this.items.get()]);
    await this.sendAll();
  }

  do(doing: Doing): void {
    this.#put([...this.items.get(), { ...doing, key: newKey(), until: Date.now() + holdMs }]);
    this.#wait();
  }

  /** Takes back what is still held, and what was done with the same alert after it. */
  undo(key: string): void {
    const items = this.items.get();
    const place = items.findIndex((item) => item.key === key);
    const undone = items[place];
    if (undone === undefined || undone.until <= Date.now()) return;
    this.#put(items.filter((item, i) => i < place || item.alert !== undone.alert));
    this.#wait();
  }

  /** The officer has read why. */
  dismiss(key: string): void {
    this.refused.set(this.refused.get().filter(({ item }) => item.key !== key));
  }

  /** Sends at once also what could still be undone: the page is going away. */
  flush(): Promise<void> {
    this.#put(this.items.get().map((item) => ({ ...item, until: 0 })));
    return this.sendAll();
  }

  /** Sends what is due, the oldest first, until one finds no way. Calls that overlap share one run. */
  sendAll(): Promise<void> {
    this.#sending ??= this.#run().finally(() => {
      this.#sending = null;
      this.#wait();
    });
    return this.#sending;
  }

  async #run(): Promise<void> {
    for (let item = this.items.get()[0]; item !== undefined; item = this.items.get()[0]) {
      if (item.until > Date.now()) return;
      try {
        this.#took(await this.#send(item));
      } catch (error) {
        if (mayPass(error)) return;
        this.refused.set([...this.refused.get(), { item, error }]);
      }
      const { key } = item;
      this.#put(this.items.get().filter((one) => one.key !== key));
    }
  }

  /** Looks again when the first that is held is due. */
  #wait(): void {
    clearTimeout(this.#timer);
    const first = this.items.get()[0];
    if (first === undefined) return;
    const left = first.until - Date.now();
    if (left > 0) this.#timer = setTimeout(() => void this.sendAll(), left);
  }

  #put(items: readonly Item[]): void {
    this.items.set(items);
    this.#shelf.write(items).then(
      () => this.safe.set(true),
      () => this.safe.set(false),
    );
  }

  #send({ alert, deed, note, photo, key }: Item): Promise<AlertDetail> {
    if (deed !== "handle") return this.#api[deed](alert, key);
    return this.#api.handle(alert, photo === null ? { note } : { note, photo }, key);
  }
}

/** A failure that may pass by itself: no network, a service that is down or busy, a session that ended. */
function mayPass(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof Problem && (error.status >= 500 || error.status === 429 || error.status === 401);
}

/** 128 random bits. crypto.randomUUID is there over HTTPS only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function isItem(value: unknown): value is Item {
  if (typeof value !== "object" || value === null) return false;
  const { alert, deed, note, photo, key, until } = value as Record<string, unknown>;
  return (
    typeof alert === "number" &&
    (deed === "acknowledge" || deed === "arrive" || deed === "handle") &&
    typeof note === "string" &&
    (photo === null || photo instanceof Blob) &&
    typeof key === "string" &&
    typeof until === "number"
  );
}
