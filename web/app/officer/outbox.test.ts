import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import detail from "../../testdata/alert-detail.json" with { type: "json" };
import { AlertDetail } from "../api/city";
import type { Report } from "../api/client";
import { Problem, Unreachable } from "../api/problem";
import { type Doing, holdMs, type Item, Outbox, type Shelf } from "./outbox";

const answer = AlertDetail.read(detail);
const deed = (alert: number, what: Doing["deed"], note = "", photo: Blob | null = null): Doing => ({
  alert,
  deed: what,
  note,
  photo,
});

/** A shelf in memory, as the next visit finds it. */
class MemoryShelf implements Shelf {
  kept: unknown = undefined;
  full = false;
  async read(): Promise<unknown> {
    return this.kept;
  }
  async write(items: readonly Item[]): Promise<void> {
    if (this.full) throw new Error("full");
    this.kept = structuredClone(items);
  }
}

/** An outbox whose service answers, or fails, as the test says. */
function anOutbox(shelf: Shelf = new MemoryShelf()) {
  const done: string[] = [];
  const keys: string[] = [];
  const reports: Report[] = [];
  const took: number[] = [];
  const service: { failure: Error | null } = { failure: null };
  const act = async (what: string, key = "") => {
    keys.push(key);
    if (service.failure !== null) throw service.failure;
    done.push(what);
    return answer;
  };
  const outbox = new Outbox(
    {
      acknowledge: (id, key) => act(`acknowledge ${id}`, key),
      arrive: (id, key) => act(`arrive ${id}`, key),
      handle: (id, report, key) => {
        reports.push(report);
        return act(`handle ${id}`, key);
      },
    },
    shelf,
    ({ id }) => took.push(id),
  );
  return { outbox, service, done, keys, reports, took };
}

const heldOver = () => vi.advanceTimersByTimeAsync(holdMs);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the outbox", () => {
  test("holds a deed for ten seconds and then sends it", async () => {
    const { outbox, done, took } = anOutbox();
    outbox.do(deed(1, "acknowledge"));
    await vi.advanceTimersByTimeAsync(holdMs - 1);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual(["acknowledge 1"]);
    expect(took).toEqual([answer.id]);
    expect(outbox.items.get()).toEqual([]);
  });

  test("sends nothing of what was undone, nor of what was done after it with the same alert", async () => {
    const { outbox, done } = anOutbox();
    outbox.do(deed(1, "acknowledge"));
    outbox.do(deed(2, "acknowledge"));
    outbox.do(deed(1, "arrive"));
    outbox.undo(outbox.items.get()[0]?.key ?? "");
    await heldOver();
    expect(done).toEqual(["acknowledge 2"]);
  });

  test("does not undo what is on its way", async () => {
    const { outbox, service, done } = anOutbox();
    service.failure = new Unreachable("");
    outbox.do(deed(1, "acknowledge"));
    await heldOver();
    outbox.undo(outbox.items.get()[0]?.key ?? "");
    service.failure = null;
    await outbox.sendAll();
    expect(done).toEqual(["acknowledge 1"]);
  });

  test("sends at once when the page goes away", async () => {
    const { outbox, done } = anOutbox();
    outbox.do(deed(1, "acknowledge"));
    await outbox.flush();
    expect(done).toEqual(["acknowledge 1"]);
  });

  for (const [name, failure] of [
    ["no network", new Unreachable("")],
    ["a service that is down", new Problem(503, "", "", [], null)],
    ["too many at once", new Problem(429, "", "", [], 5)],
    ["a session that ended", new Problem(401, "", "", [], null)],
  ] as const) {
    test(`keeps a deed through ${name}, under one key`, async () => {
      const { outbox, service, done, keys } = anOutbox();
      service.failure = failure;
      outbox.do(deed(1, "acknowledge"));
      await heldOver();
      expect(outbox.items.get()).toHaveLength(1);
      service.failure = null;
      await outbox.sendAll();
      expect(done).toEqual(["acknowledge 1"]);
      expect(outbox.items.get()).toEqual([]);
      expect(keys).toHaveLength(2);
      expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
      expect(keys[1]).toBe(keys[0]);
    });
  }

  test("sends in order, under a key each", async () => {
    const { outbox, done, keys } = anOutbox();
    outbox.do(deed(1, "acknowledge"));
    outbox.do(deed(1, "arrive"));
    outbox.do(deed(1, "handle", "已劝离"));
    await heldOver();
    expect(done).toEqual(["acknowledge 1", "arrive 1", "handle 1"]);
    expect(new Set(keys).size).toBe(3);
  });

  test("tells what is refused until it was read, and goes on with what stands behind it", async () => {
    const { outbox, service, done } = anOutbox();
    outbox.do(deed(1, "arrive"));
    service.failure = new Problem(409, "", "", [], null);
    await heldOver();
    service.failure = null;
    outbox.do(deed(2, "arrive"));
    await heldOver();
    expect(done).toEqual(["arrive 2"]);
    const [refusal] = outbox.refused.get();
    expect(refusal?.item.alert).toBe(1);
    expect(refusal?.error).toBeInstanceOf(Problem);
    outbox.dismiss(refusal?.item.key ?? "");
    expect(outbox.refused.get()).toEqual([]);
  });

  test("sends nothing twice when two ask at once", async () => {
    const { outbox, service, done } = anOutbox();
    service.failure = new Unreachable("");
    outbox.do(deed(1, "arrive"));
    await heldOver();
    service.failure = null;
    await Promise.all([outbox.sendAll(), outbox.sendAll()]);
    expect(done).toEqual(["arrive 1"]);
  });

  test("is found again by the next visit, photo and all", async () => {
    const shelf = new MemoryShelf();
    const first = anOutbox(shelf);
    first.service.failure = new Unreachable("");
    first.outbox.do(
      deed(1, "handle", "已清理", new Blob([new Uint8Array([255, 216])], { type: "image/jpeg" })),
    );
    await heldOver();
    const second = anOutbox(shelf);
    await second.outbox.open();
    expect(second.done).toEqual(["handle 1"]);
    expect(second.keys).toEqual(first.keys.slice(0, 1));
    expect(second.reports[0]?.note).toBe("已清理");
    expect(second.reports[0]?.photo?.size).toBe(2);
    expect(shelf.kept).toEqual([]);
  });

  test("says when the device does not keep it", async () => {
    const shelf = new MemoryShelf();
    shelf.full = true;
    const { outbox, done } = anOutbox(shelf);
    outbox.do(deed(1, "acknowledge"));
    await vi.advanceTimersByTimeAsync(1);
    expect(outbox.safe.get()).toBe(false);
    await heldOver();
    expect(done).toEqual(["acknowledge 1"]);
  });

  for (const kept of [
    undefined,
    "",
    [1, null],
    [{ alert: "1", deed: "arrive", note: "", photo: null, key: "k", until: 0 }],
    [{ alert: 1, deed: "dance", note: "", photo: null, key: "k", until: 0 }],
    { a: 1 },
  ]) {
    test(`begins empty from ${JSON.stringify(kept)}`, async () => {
      const shelf = new MemoryShelf();
      shelf.kept = kept;
      const { outbox, done } = anOutbox(shelf);
      await outbox.open();
      expect(outbox.items.get()).toEqual([]);
      expect(done).toEqual([]);
    });
  }
});
