import { type AlertFeature, type Difference, difference, signature } from "./features";

/** The part of the map's source that Flow needs. */
export interface Sink {
  /** total is how many there are after the difference. */
  updateData(difference: Difference, total: number): Promise<void>;
}

export const flushMs = 250;

/**
 * Flow carries alerts to the map as differences, at most every 250 ms and one at a time: however fast events come, the
 * map draws the newest picture and is never flooded.
 */
export class Flow {
  readonly #sink: Sink;
  #shown = new Map<number, string>();
  #wanted: readonly AlertFeature[] | null = null;
  /** The picture that was told last, for telling it again. */
  #last: readonly AlertFeature[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inFlight = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(features: readonly AlertFeature[]): void {
    this.#wanted = features;
    this.#later();
  }

  /** The source was emptied (a new style): everything is told again. */
  forget(): void {
    this.#shown = new Map();
    this.#wanted ??= this.#last;
    this.#later();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wanted = null;
  }

  #later(): void {
    if (this.#inFlight || this.#wanted === null) return;
    this.#timer ??= setTimeout(() => void this.#flush(), flushMs);
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted === null) return;
    this.#last = wanted;
    const next = difference(this.#shown, wanted);
    if (next === null) return;
    this.#inFlight = true;
    try {
      await this.#sink.updateData(next, wanted.length);
      this.#shown = new Map(wanted.map((one) => [one.id, signature(one)]));
    } catch {
      // The map went away or was busy with a new style; what it shows is told anew.
      this.#shown = new Map();
      this.#wanted ??= wanted;
    } finally {
      this.#inFlight = false;
    }
    this.#later();
  }
}
