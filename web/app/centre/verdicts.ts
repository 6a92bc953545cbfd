import type { AlertDetail, Verdict } from "../api/city";
import type { Api } from "../api/client";
import { Value } from "../state/value";

/** A verdict that was given and can still be taken back, or that did not reach the service. */
export interface Held {
  verdict: Verdict;
  /** When it is sent, milliseconds since 1970. */
  until: number;
  state: "held" | "sending" | "failed";
  error: unknown;
}

export const holdMs = 10_000;

/**
 * The operator's verdicts. Each is held for ten seconds, in which it can be undone, and then sent; what the service
 * refused, or what did not reach it, stays until it is sent again or given up.
 */
export class Verdicts {
  readonly held = new Value<ReadonlyMap<number, Held>>(new Map());
  /** What was written beside a verdict that is not sent yet; it goes with the verdict. */
  readonly notes = new Value<ReadonlyMap<number, string>>(new Map());
  readonly #api: Pick<Api, "verdict">;
  readonly #took: (alert: AlertDetail) => void;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(api: Pick<Api, "verdict">, took: (alert: AlertDetail) => void) {
    this.#api = api;
    this.#took = took;
  }

  /** Holds the verdict; another one on the same alert takes its place. */
  give(id: number, verdict: Verdict): void {
    if (this.held.get().get(id)?.state === "sending") return;
    clearTimeout(this.#timers.get(id));
    this.#put(id, { verdict, until: Date.now() + holdMs, state: "held", error: null });
    this.#timers.set(
      id,
      setTimeout(() => void this.send(id), holdMs),
    );
  }

  /** Writes beside the verdict, given or not. One that is held waits from now on: nobody is cut off while writing. */
  note(id: number, text: string): void {
    const held = this.held.get().get(id);
    if (held?.state === "sending") return;
    this.notes.set(new Map(this.notes.get()).set(id, text));
    if (held?.state === "held") this.give(id, held.verdict);
  }

  /** Takes back what was not sent yet. */
  undo(id: number): void {
    if (this.held.get().get(id)?.state === "sending") return;
    clearTimeout(this.#timers.get(id));
    this.#drop(id);
  }

  /** Takes back the one that was given last. */
  undoLast(): void {
    const last = [...this.held.get()].filter(([, { state }]) => state !== "sending").at(-1);
    if (last !== undefined) this.undo(last[0]);
  }

  async send(id: number): Promise<void> {
    const held = this.held.get().get(id);
    if (held === undefined || held.state === "sending") return;
    clearTimeout(this.#timers.get(id));
    this.#put(id, { ...held, state: "sending", error: null });
    try {
      this.#took(await this.#api.verdict(id, held.verdict, (this.notes.get().get(id) ?? "").trim()));
      this.#drop(id);
      const left = new Map(this.notes.get());
      if (left.delete(id)) this.notes.set(left);
    } catch (error) {
      this.#put(id, { ...held, state: "failed", error });
    }
  }

  /** Sends what is held: the page is going away. */
  flush(): void {
    for (const [id, { state }] of this.held.get()) if (state === "held") void this.send(id);
  }

  #put(id: number, held: Held): void {
    const next = new Map(this.held.get());
    next.delete(id);
    this.held.set(next.set(id, held));
  }

  #drop(id: number): void {
    this.#timers.delete(id);
    const next = new Map(this.held.get());
    if (next.delete(id)) this.held.set(next);
  }
}
