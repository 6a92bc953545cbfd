import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { anAlert } from "../alerts/sample";
import { Link, type LinkState, type Socket, signedOut } from "./link";

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly sent: string[] = [];
  closed = false;

  constructor(readonly after: number) {}

  send(text: string): void {
    if (this.onopen === null || this.closed) throw new Error("InvalidStateError");
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  says(seq: number): void {
    this.onmessage?.({
      data: JSON.stringify({ seq, type: "alert.raised", at: "2026-11-22T08:00:00Z", alert: anAlert() }),
    });
  }
}

/** A link and everything that it did. */
function aLink(resnapshot: () => Promise<number> = async () => 500) {
  const sockets: FakeSocket[] = [];
  const states: LinkState[] = [];
  const seqs: number[] = [];
  const calls = { resnapshots: 0, signedOut: 0 };
  const link = new Link({
    open(after) {
      const socket = new FakeSocket(after);
      sockets.push(socket);
      return socket;
    },
    resnapshot() {
      calls.resnapshots++;
      return resnapshot();
    },
    onEvent: ({ seq }) => seqs.push(seq),
    onState: (state) => states.push(state),
    onSignedOut: () => calls.signedOut++,
    random: () => 0,
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  };
  return { link, sockets, states, seqs, calls, last };
}

describe("the link", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("opens after the snapshot's number, and is live once open", () => {
    const { link, states, last } = aLink();
    link.start(41);
    expect(last().after).toBe(41);
    expect(states).toEqual(["reconnecting"]);
    last().onopen?.();
    expect(states.at(-1)).toBe("live");
  });

  test("resumes after the last event that it saw", async () => {
    const { link, sockets, seqs, last } = aLink();
    link.start(41);
    last().onopen?.();
    last().says(42);
    last().says(45);
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(seqs).toEqual([42, 45]);
    expect(sockets).toHaveLength(2);
    expect(last().after).toBe(45);
  });

  test("passes an event on only once, however often it is told", () => {
    const { link, seqs, last } = aLink();
    link.start(41);
    last().onopen?.();
    for (const seq of [42, 42, 41, 43]) last().says(seq);
    expect(seqs).toEqual([42, 43]);
  });

  test("waits 1, 2, 4 … 30 seconds between attempts, and is offline from the third failure", async () => {
    const { link, sockets, states, last } = aLink();
    link.start(0);
    for (const pause of [1, 2, 4, 8, 16, 30, 30]) {
      const before = sockets.length;
      last().onclose?.({ code: 1006 });
      await vi.advanceTimersByTimeAsync(pause * 1000 - 1);
      expect(sockets).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(sockets).toHaveLength(before + 1);
    }
    expect(states).toEqual(["reconnecting", "reconnecting", "reconnecting", ...Array(5).fill("offline")]);
  });

  test("begins again with a short pause after it was live", async () => {
    const { link, sockets, states, last } = aLink();
    link.start(0);
    for (let i = 0; i < 4; i++) {
      last().onclose?.({ code: 1006 });
      await vi.advanceTimersByTimeAsync(30_000);
    }
    last().onopen?.();
    const before = sockets.length;
    last().onclose?.({ code: 1001 });
    expect(states.at(-1)).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets).toHaveLength(before + 1);
  });

  test("tries at once when the network is back", () => {
    const { link, sockets, states, last } = aLink();
    link.start(0);
    last().onopen?.();
    link.lost();
    expect(states.at(-1)).toBe("offline");
    expect(last().closed).toBe(true);
    link.hurry();
    expect(sockets).toHaveLength(2);
    link.hurry();
    expect(sockets).toHaveLength(2);
  });

  test("ends when the session has ended", async () => {
    const { link, sockets, calls, last } = aLink();
    link.start(0);
    last().onclose?.({ code: signedOut });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.signedOut).toBe(1);
    expect(sockets).toHaveLength(1);
  });

  test("loads the whole picture again after more than ten minutes away", async () => {
    const { link, calls, last } = aLink();
    link.start(7);
    last().onopen?.();
    link.lost();
    vi.setSystemTime(Date.now() + 10 * 60_000 + 1);
    link.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.resnapshots).toBe(1);
    expect(last().after).toBe(500);
  });

  test("resumes without a new picture after less", async () => {
    const { link, calls, last } = aLink();
    link.start(7);
    last().onopen?.();
    link.lost();
    vi.setSystemTime(Date.now() + 9 * 60_000);
    link.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.resnapshots).toBe(0);
    expect(last().after).toBe(7);
  });

  test("begins from a whole picture after an event that it cannot read", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { link, calls, seqs, last } = aLink();
    link.start(7);
    last().onopen?.();
    const broken = last();
    broken.onmessage?.({ data: '{"seq": 8}' });
    expect(broken.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls.resnapshots).toBe(1);
    expect(last().after).toBe(500);
    expect(seqs).toEqual([]);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test("keeps trying when the picture cannot be loaded", async () => {
    let answers = 0;
    const { link, calls, sockets, last } = aLink(async () => {
      if (++answers < 3) throw new Error("down");
      return 900;
    });
    link.start(7);
    last().onopen?.();
    link.lost();
    vi.setSystemTime(Date.now() + 3600_000);
    link.hurry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.resnapshots).toBe(3);
    expect(sockets).toHaveLength(2);
    expect(last().after).toBe(900);
  });

  test("tells how far an event came, but only over an open socket", () => {
    const { link, last } = aLink();
    link.start(0);
    link.tell("delivered", 3);
    last().onopen?.();
    link.tell("shown", 4);
    expect(last().sent).toEqual(['{"type":"shown","seq":4}']);
  });

  test("does nothing after stop", async () => {
    const { link, sockets, last } = aLink();
    link.start(0);
    last().onclose?.({ code: 1006 });
    link.stop();
    link.hurry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });
});
