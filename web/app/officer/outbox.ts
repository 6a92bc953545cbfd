import type { AlertDetail } from "../api/city";
import type { Api } from "../api/client";
import { Problem, Unreachable } from "../api/problem";
import { Value } from "../state/value";

/** What an officer does with an alert. */
export type Deed = "acknowledge" | "arrive" | "handle";

/** One deed on its way to the service. A photo is kept as a data URL, so that it survives a reload. */
export interface Item {
  alert: number;
  deed: Deed;
  note: string;
  photo: string | null;
}

/** Where the outbox is kept between visits. */
export interface Shelf {
  read(): string | null;
  /** Reports whether it was kept. */
  write(text: string): boolean;
}

/**
 * The outbox: what an officer did is sent at once, or kept on the phone and sent, in order, when the network is back.
 * What the service refuses is not kept: doing it again would be refused again.
 */
export class Outbox {
  readonly items: Value<readonly Item[]>;
  readonly #api: Pick<Api, Deed>;
  readonly #took: (alert: AlertDetail) => void;
  #sending: Promise<void> | null = null;

  constructor(api: Pick<Api, Deed>, shelf: Shelf, took: (alert: AlertDetail) => void) {
    this.#api = api;
    this.#took = took;
    this.items = new Value<readonly Item[]>(readItems(shelf.read()));
    this.items.watch((items) => shelf.write(JSON.stringify(items)));
  }

  /** Reports whether the deed was sent; false means that it is kept. Rejects when the service refused it. */
  async do(item: Item): Promise<boolean> {
    if (this.items.get().length > 0) {
      this.items.set([...this.items.get(), item]);
      await this.sendAll();
      return !this.items.get().includes(item);
    }
    try {
      this.#took(await this.#send(item));
      return true;
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.items.set([...this.items.get(), item]);
      return false;
    }
  }

  /** Sends what is kept, the oldest first, until one finds no way. Calls that overlap share one run. */
  sendAll(): Promise<void> {
    this.#sending ??= this.#run().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #run(): Promise<void> {
    for (let item = this.items.get()[0]; item !== undefined; item = this.items.get()[0]) {
      try {
        this.#took(await this.#send(item));
      } catch (error) {
        if (mayPass(error)) return;
        // Refused: it would be refused for ever, and would hold up those behind it.
      }
      const done = item;
      this.items.set(this.items.get().filter((one) => one !== done));
    }
  }

  #send({ alert, deed, note, photo }: Item): Promise<AlertDetail> {
    if (deed !== "handle") return this.#api[deed](alert);
    return this.#api.handle(alert, photo === null ? { note } : { note, photo: blobOf(photo) });
  }
}

/** A failure that may pass by itself: no network, a service that is down or busy, a session that ended. */
function mayPass(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof Problem && (error.status >= 500 || error.status === 429 || error.status === 401);
}

/** The bytes of a base64 data URL. */
export function blobOf(dataUrl: string): Blob {
  const [head = "", body = ""] = dataUrl.split(",", 2);
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  return new Blob([bytes], { type: /^data:([^;,]+)/.exec(head)?.[1] ?? "image/jpeg" });
}

function readItems(text: string | null): Item[] {
  if (text === null) return [];
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) ? items.filter(isItem) : [];
  } catch {
    return [];
  }
}

function isItem(value: unknown): value is Item {
  if (typeof value !== "object" || value === null) return false;
  const { alert, deed, note, photo } = value as Record<string, unknown>;
  return (
    typeof alert === "number" &&
    (deed === "acknowledge" || deed === "arrive" || deed === "handle") &&
    typeof note === "string" &&
    (photo === null || typeof photo === "string")
  );
}
