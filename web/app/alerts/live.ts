import {
  type Alert,
  type AlertDetail,
  type Camera,
  type EditionState,
  type FeedEvent,
  nets,
} from "../api/city";
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import type { Bounds } from "../map/measure";
import type { GridChange } from "../map/useCity";
import { Link, type LinkState, type Socket } from "../push/link";
import { Value } from "../state/value";
import { apply, type Book, emptyBook, mostKept, put, snapshot, without } from "./book";

export type Loading = { phase: "loading" } | { phase: "ready" } | { phase: "failed"; error: unknown };

export interface LiveOptions {
  api: Api;
  openSocket(after: number): Socket;
  onSignedOut(): void;
  /** Alerts that were raised or escalated while this screen looked on. */
  onNews?(alerts: Alert[]): void;
  /** Whether the person sees some grids only: what goes to another grid may leave their sight. */
  scoped?: boolean;
}

const pageSize = 200;
/** Finished alerts older than this are left to the record. */
const lookBackMs = 24 * 3600_000;
/** Events that come together are shown together. */
const gatherMs = 100;

/** Live is the city as it is now: one snapshot, and then every event of the socket applied to it. */
export class Live {
  readonly book = new Value<Book>(emptyBook);
  readonly cameras = new Value<readonly Camera[]>([]);
  readonly link = new Value<LinkState>("reconnecting");
  readonly loading = new Value<Loading>({ phase: "loading" });
  /** What changed of the boundaries that are, were or will be in force, as it was told last. */
  readonly changes = new Value<readonly GridChange[]>([]);
  /** When the picture was last known to be whole. */
  readonly asOf = new Value<number>(0);

  readonly #options: LiveOptions;
  readonly #socket: Link;
  /** The last event of each alert that the socket told, and the alerts that were told to be shown. */
  readonly #seqOf = new Map<number, number>();
  readonly #told = new Set<number>();
  #gathered: FeedEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#socket = new Link({
      open: options.openSocket,
      resnapshot: () => {
        this.changes.set(nets.map((net) => ({ net, bounds: null }))); // Nobody told what changed meanwhile.
        return this.#load();
      },
      onEvent: (event) => this.#gather(event),
      onState: (state) => {
        if (this.link.get() === "live") this.asOf.set(Date.now());
        this.link.set(state);
      },
      onSignedOut: options.onSignedOut,
    });
  }

  /** Loads the snapshot and goes live. May be called again after it failed. */
  async start(): Promise<void> {
    this.loading.set({ phase: "loading" });
    try {
      const seq = await this.#load();
      this.loading.set({ phase: "ready" });
      this.#socket.start(seq);
    } catch (error) {
      this.loading.set({ phase: "failed", error });
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#socket.stop();
  }

  /** The device lost its network, or has it again. */
  networkChanged(online: boolean): void {
    if (online) this.#socket.hurry();
    else this.#socket.lost();
  }

  /** Takes the alert that an action answered with, before its event comes round. */
  took(alert: AlertDetail): void {
    this.book.set(put(this.book.get(), alert));
  }

  /** The alerts stand before the person's eyes. Those that only came with the snapshot have no event to name yet. */
  shown(ids: Iterable<number>): void {
    for (const id of ids) {
      const seq = this.#seqOf.get(id);
      if (seq !== undefined) this.opened(id, seq);
    }
  }

  /** The person opened the alert; seq is one of its events. */
  opened(id: number, seq: number): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    this.#socket.tell("shown", seq);
  }

  async #load(): Promise<number> {
    const { api } = this.#options;
    const [first, cameras] = await Promise.all([api.alerts({ limit: pageSize }), api.cameras()]);
    const alerts = await this.#older(first.items, first.next);
    this.#gathered = [];
    this.book.set(snapshot(alerts, first.seq));
    this.cameras.set(cameras.items);
    this.asOf.set(api.alertsAsOf);
    return first.seq;
  }

  /** The rest of the last day, and whatever older is not clear yet. */
  async #older(items: Alert[], next: string | null): Promise<Alert[]> {
    const { api } = this.#options;
    const alerts = [...items];
    let cursor = next;
    while (cursor !== null && alerts.length < mostKept && !reaches(alerts, Date.now() - lookBackMs)) {
      const page = await api.alerts({ limit: pageSize, cursor });
      alerts.push(...page.items);
      cursor = page.next;
    }
    if (cursor === null) return alerts;
    let open = await api.alerts({ state: "open", limit: pageSize });
    alerts.push(...open.items);
    while (open.next !== null && alerts.length < mostKept) {
      open = await api.alerts({ state: "open", limit: pageSize, cursor: open.next });
      alerts.push(...open.items);
    }
    return alerts;
  }

  #gather(event: FeedEvent): void {
    this.#gathered.push(event);
    if (event.alert !== undefined) this.#seqOf.set(event.alert.id, event.seq);
    this.#socket.tell("delivered", event.seq);
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    const before = this.book.get();
    const book = apply(before, events);
    this.book.set(book);
    this.cameras.set(withHealth(this.cameras.get(), events));
    const changes = changesOf(events);
    if (changes.length > 0) this.changes.set(changes);

    const rehomed = events.flatMap(({ type, alert }) =>
      type === "alert.rehomed" && alert ? [alert.id] : [],
    );
    if (this.#options.scoped) for (const id of rehomed) void this.#lookAgain(id);

    const come = rehomed.filter((id) => !before.byId.has(id));
    const news = new Set([...events.filter(isNews).map((event) => event.alert?.id), ...come]);
    const alerts = [...news].flatMap((id) => (id === undefined ? [] : (book.byId.get(id) ?? [])));
    if (alerts.length > 0) this.#options.onNews?.(alerts);
  }

  /** Leaves an alert out that the person does not see any more. */
  async #lookAgain(id: number): Promise<void> {
    try {
      await this.#options.api.alert(id);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.book.set(without(this.book.get(), id));
    }
  }
}

/** Where the events say that published boundaries changed. A draft changes nothing yet. */
export function changesOf(events: readonly FeedEvent[]): GridChange[] {
  return events.flatMap(({ edition }) => {
    if (edition === undefined || edition.bound === null || !published.has(edition.state)) return [];
    return [{ net: edition.net, bounds: edition.bound as Bounds }];
  });
}

const published = new Set<EditionState>(["published", "superseded", "withdrawn"]);

function reaches(alerts: readonly Alert[], time: number): boolean {
  const last = alerts.at(-1);
  return last !== undefined && Date.parse(last.raised_at) < time;
}

function isNews(event: FeedEvent): boolean {
  return event.type === "alert.raised" || event.type === "alert.escalated";
}

/** The cameras with what the events say of them; the same list where they say nothing. */
export function withHealth(cameras: readonly Camera[], events: readonly FeedEvent[]): readonly Camera[] {
  const told = new Map(events.flatMap(({ camera }) => (camera === undefined ? [] : [[camera.id, camera]])));
  if (told.size === 0) return cameras;
  const known = cameras.map((camera) => told.get(camera.id) ?? camera);
  const added = [...told.values()].filter((camera) => cameras.every(({ id }) => id !== camera.id));
  return [...known, ...added];
}
