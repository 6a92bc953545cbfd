import { FeedEvent } from "../api/city";

/** What people see of the socket: live, on its way back, or away for so long that they should know. */
export type LinkState = "live" | "reconnecting" | "offline";

/** Close codes of the service that mean something else than "come back". */
export const signedOut = 4401;

/** The part of WebSocket that Link needs. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkOptions {
  /** Opens the socket that tells every event after the given number. */
  open(after: number): Socket;
  /** Loads the whole picture again and returns the last event number in it. */
  resnapshot(): Promise<number>;
  onEvent(event: FeedEvent): void;
  onState(state: LinkState): void;
  onSignedOut(): void;
  now?(): number;
  /** 0..1; spreads the return of many clients after a restart of the service. */
  random?(): number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** After this long away, the whole picture is loaded again instead of every event in between. */
const staleAfterMs = 10 * 60_000;
/** So many failed attempts in a row are called offline. */
const offlineAfter = 3;

/** Link keeps one socket open, resumes after the last event seen, and comes back with a growing pause. */
export class Link {
  readonly #options: LinkOptions;
  #after = -1;
  #socket: Socket | undefined;
  #open = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #aliveAt = 0;
  #stale = false;
  #stopped = true;
  /** Rises with every attempt, so that answers to an older one are known as such. */
  #attempt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The last event number seen. */
  get after(): number {
    return this.#after;
  }

  /** Begins after the event number that the snapshot contained. */
  start(after: number): void {
    this.#after = after;
    this.#stopped = false;
    this.#aliveAt = this.#now();
    this.#options.onState("reconnecting");
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#attempt++;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Tries at once: the device says that the network is back, or the page is looked at again. */
  hurry(): void {
    if (this.#stopped || this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    void this.#connect();
  }

  /** The device says that it has no network. */
  lost(): void {
    if (this.#stopped) return;
    this.#drop();
    this.#failures = Math.max(this.#failures, offlineAfter);
    this.#later();
  }

  /** Tells the service how far an event came on this screen. Silently not, while away: it is told again on resume. */
  tell(type: "delivered" | "shown", seq: number): void {
    if (this.#open) this.#socket?.send(JSON.stringify({ type, seq }));
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    if (this.#stale || this.#now() - this.#aliveAt > staleAfterMs) {
      try {
        const seq = await this.#options.resnapshot();
        if (attempt !== this.#attempt) return;
        this.#after = seq;
        this.#stale = false;
        this.#aliveAt = this.#now();
      } catch {
        if (attempt !== this.#attempt) return;
        this.#failures++;
        this.#later();
        return;
      }
    }
    const socket = this.#options.open(this.#after);
    this.#socket = socket;
    socket.onopen = () => {
      this.#open = true;
      this.#failures = 0;
      this.#aliveAt = this.#now();
      this.#options.onState("live");
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => {
      this.#drop();
      if (code === signedOut) {
        this.stop();
        this.#options.onSignedOut();
        return;
      }
      this.#failures++;
      this.#later();
    };
  }

  #take(data: unknown): void {
    let event: FeedEvent;
    try {
      event = FeedEvent.read(JSON.parse(String(data)));
    } catch (error) {
      // One event that cannot be read may hide anything: begin again from a whole picture.
      console.warn("gridwatch: unreadable event", error);
      this.#stale = true;
      this.#drop();
      this.#failures++;
      this.#later();
      return;
    }
    this.#aliveAt = this.#now();
    if (event.seq <= this.#after) return;
    this.#after = event.seq;
    this.#options.onEvent(event);
  }

  #later(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#options.onState(this.#failures >= offlineAfter ? "offline" : "reconnecting");
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, this.#failures - 1));
    const spread = 1 - 0.3 * (this.#options.random ?? Math.random)();
    this.#timer = setTimeout(() => void this.#connect(), pause * spread);
  }

  #drop(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#open = false;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
