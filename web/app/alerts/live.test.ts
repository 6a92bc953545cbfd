import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import cameraEvent from "../../testdata/event-camera.json" with { type: "json" };
import type { Alert, AlertPage } from "../api/city";
import { Camera } from "../api/city";
import type { AlertQuery, Api } from "../api/client";
import { Problem } from "../api/problem";
import type { Socket } from "../push/link";
import { Live, withHealth } from "./live";
import { anAlert, anEvent } from "./sample";

const now = Date.parse("2026-11-22T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now - hours * 3600_000).toISOString();

/** A live city whose service is a list of pages, and whose socket is in the test's hand. */
function aLive(pages: (query: AlertQuery) => AlertPage) {
  const queries: AlertQuery[] = [];
  const news: Alert[][] = [];
  const sent: string[] = [];
  const hidden = new Set<number>();
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => sent.push(text),
    close: () => undefined,
  };
  const api = {
    alerts: async (query: AlertQuery) => {
      queries.push(query);
      return pages(query);
    },
    cameras: async () => ({ items: [], next: null }),
    alert: async (id: number) => {
      if (hidden.has(id)) throw new Problem(404, "Not Found", "", [], null);
      return anAlert({ id });
    },
  } as unknown as Api;
  const opened: number[] = [];
  const live = new Live({
    api,
    openSocket: (after) => {
      opened.push(after);
      return socket;
    },
    onSignedOut: () => undefined,
    onNews: (alerts) => news.push(alerts),
    scoped: true,
  });
  const say = (event: object) => socket.onmessage?.({ data: JSON.stringify(event) });
  return { live, queries, news, sent, hidden, socket, opened, say };
}

const onePage =
  (...items: Alert[]) =>
  () => ({ items, next: null, seq: 40 });

describe("the live city", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("an alert that went to another grid leaves whoever does not see it, and is news to whoever does now", async () => {
    const { live, news, hidden, say } = aLive(onePage(anAlert({ id: 7 }), anAlert({ id: 8 })));
    await live.start();
    hidden.add(7);
    say({ ...anEvent(41, anAlert({ id: 7 })), type: "alert.rehomed" });
    say({ ...anEvent(42, anAlert({ id: 9 })), type: "alert.rehomed" });
    await vi.advanceTimersByTimeAsync(1000);
    expect([...live.book.get().byId.keys()].sort()).toEqual([8, 9]);
    expect(news.flat().map(({ id }) => id)).toEqual([9]);
  });

  test("tells where published boundaries changed, and of no draft", async () => {
    const { live, say } = aLive(onePage());
    await live.start();
    const edition = { edition: 7, version: 3, net: "community", codes: ["370305001001001"] };
    const bound = [118.3, 36.8, 118.31, 36.81];
    const changed = (seq: number, more: object) =>
      say({
        seq,
        type: "edition.changed",
        at: new Date(now).toISOString(),
        edition: { ...edition, ...more },
      });
    changed(41, { state: "draft", bound });
    changed(42, { state: "submitted", bound: null });
    await vi.advanceTimersByTimeAsync(1000);
    expect(live.changes.get()).toEqual([]);
    changed(43, { state: "published", bound });
    changed(44, { state: "published", bound, net: "road" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(live.changes.get()).toEqual([
      { net: "community", bounds: bound },
      { net: "road", bounds: bound },
    ]);
  });

  test("begins with the snapshot and resumes after its number", async () => {
    const { live, opened } = aLive(onePage(anAlert({ id: 1 })));
    await live.start();
    expect(live.loading.get().phase).toBe("ready");
    expect([...live.book.get().byId.keys()]).toEqual([1]);
    expect(opened).toEqual([40]);
  });

  test("says why it could not begin, and begins when asked again", async () => {
    let down = true;
    const { live, opened } = aLive(() => {
      if (down) throw new Error("down");
      return { items: [], next: null, seq: 9 };
    });
    await live.start();
    expect(live.loading.get()).toMatchObject({ phase: "failed" });
    expect(opened).toEqual([]);
    down = false;
    await live.start();
    expect(live.loading.get().phase).toBe("ready");
    expect(opened).toEqual([9]);
  });

  test("loads pages until a day back, and then what is older and still open", async () => {
    const { live, queries, opened } = aLive(({ state, cursor }) => {
      if (state === "open")
        return { items: [anAlert({ id: 1, raised_at: hoursAgo(90) })], next: null, seq: 44 };
      if (cursor === undefined)
        return { items: [anAlert({ id: 9, raised_at: hoursAgo(1) })], next: "9", seq: 40 };
      return { items: [anAlert({ id: 5, raised_at: hoursAgo(30) })], next: "5", seq: 42 };
    });
    await live.start();
    expect(queries.map(({ state, cursor }) => [state, cursor])).toEqual([
      [undefined, undefined],
      [undefined, "9"],
      ["open", undefined],
    ]);
    expect([...live.book.get().byId.keys()].sort()).toEqual([1, 5, 9]);
    expect(opened).toEqual([40]);
  });

  test("shows events that come together at once, and tells what is new", async () => {
    const { live, news, socket, sent, say } = aLive(onePage());
    await live.start();
    socket.onopen?.();
    say(anEvent(41, anAlert({ id: 1, state: "raised" })));
    say(anEvent(42, anAlert({ id: 1, state: "escalated" }), "alert.escalated"));
    say(anEvent(43, anAlert({ id: 2, handling: "acknowledged" }), "alert.acknowledged"));
    expect(live.book.get().byId.size).toBe(0);
    vi.advanceTimersByTime(100);
    expect([...live.book.get().byId.keys()]).toEqual([1, 2]);
    expect(news.map((alerts) => alerts.map(({ id, state }) => [id, state]))).toEqual([[[1, "escalated"]]]);
    expect(sent.map((text) => JSON.parse(text))).toEqual(
      [41, 42, 43].map((seq) => ({ type: "delivered", seq })),
    );
  });

  test("tells once that an alert stood before the person's eyes, by one of its events", async () => {
    const { live, socket, sent, say } = aLive(onePage(anAlert({ id: 7 })));
    await live.start();
    socket.onopen?.();
    say(anEvent(41, anAlert({ id: 1 })));
    vi.advanceTimersByTime(100);
    sent.length = 0;
    live.shown([1, 7]);
    live.shown([1]);
    live.opened(7, 33);
    expect(sent.map((text) => JSON.parse(text))).toEqual([
      { type: "shown", seq: 41 },
      { type: "shown", seq: 33 },
    ]);
  });

  test("knows the state of its link", async () => {
    const { live, socket } = aLive(onePage());
    await live.start();
    expect(live.link.get()).toBe("reconnecting");
    socket.onopen?.();
    expect(live.link.get()).toBe("live");
    live.networkChanged(false);
    expect(live.link.get()).toBe("offline");
    live.stop();
  });
});

describe("the cameras", () => {
  const camera = Camera.read(cameraEvent.camera);
  const told = { seq: 1, type: "camera.offline", at: hoursAgo(0), camera };

  test("take the state that an event tells", () => {
    const before = [
      { ...camera, state: "online" as const },
      { ...camera, id: "other" },
    ];
    expect(withHealth(before, [told])).toEqual([camera, { ...camera, id: "other" }]);
  });

  test("gain one that was not known", () => {
    expect(withHealth([], [told])).toEqual([camera]);
  });

  test("stay the same list when no event speaks of them", () => {
    const before = [camera];
    expect(withHealth(before, [anEvent(2, anAlert())])).toBe(before);
  });
});
