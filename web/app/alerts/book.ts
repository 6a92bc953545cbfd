import type { Alert, FeedEvent } from "../api/city";
import { isOfCamera } from "./look";

/** At most so many alerts are kept; the oldest cleared ones go first. */
export const mostKept = 5_000;

/** The alerts that this screen knows (snapshot + events), and the last event number in them. Never changed in place. */
export interface Book {
  readonly byId: ReadonlyMap<number, Alert>;
  readonly seq: number;
}

export const emptyBook: Book = { byId: new Map(), seq: -1 };

/**
 * The book of a snapshot that may have come in several pages. seq is that of the first page: what happened while the
 * later ones were loaded is told again by the socket, and taking it twice changes nothing.
 */
export function snapshot(alerts: Iterable<Alert>, seq: number, most = mostKept): Book {
  return { byId: bounded(new Map([...alerts].map((alert) => [alert.id, alert])), most), seq };
}

/** The book after the events. An event carries its alert as it is now, so the newest one wins whole. */
export function apply(book: Book, events: readonly FeedEvent[], most = mostKept): Book {
  const later = events.filter((event) => event.seq > book.seq);
  const last = later.at(-1);
  if (last === undefined) return book;
  const byId = new Map(book.byId);
  for (const { alert } of later) {
    if (alert !== undefined) byId.set(alert.id, alert);
  }
  return { byId: bounded(byId, most), seq: last.seq };
}

/** The book with one alert replaced, as an answer to an action brought it. */
export function put(book: Book, alert: Alert): Book {
  return { byId: new Map(book.byId).set(alert.id, alert), seq: book.seq };
}

/** The book without one alert. */
export function without(book: Book, id: number): Book {
  const byId = new Map(book.byId);
  byId.delete(id);
  return { byId, seq: book.seq };
}

/** Newest first. */
export function newestFirst(book: Book): Alert[] {
  return [...book.byId.values()].sort(byRaised);
}

/** What waits for somebody first, cameras last; then what is in hand, then what is clear; the newest first in each. */
export function mostUrgentFirst(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort((a, b) => urgency(a) - urgency(b) || byRaised(a, b));
}

function urgency(alert: Alert): number {
  if (alert.state === "cleared") return 3;
  if (alert.handling !== "new") return 2;
  return isOfCamera(alert) ? 1 : 0;
}

function byRaised(a: Alert, b: Alert): number {
  return Date.parse(b.raised_at) - Date.parse(a.raised_at) || b.id - a.id;
}

function bounded(byId: Map<number, Alert>, most: number): Map<number, Alert> {
  const surplus = byId.size - most;
  if (surplus <= 0) return byId;
  const oldestFirst = [...byId.values()].sort((a, b) => byRaised(b, a));
  const clearedFirst = [
    ...oldestFirst.filter((alert) => alert.state === "cleared"),
    ...oldestFirst.filter((alert) => alert.state !== "cleared"),
  ];
  for (const alert of clearedFirst.slice(0, surplus)) byId.delete(alert.id);
  return byId;
}
