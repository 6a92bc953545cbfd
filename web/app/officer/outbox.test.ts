import { describe, expect, test } from "vitest";
import detail from "../../testdata/alert-detail.json" with { type: "json" };
import { AlertDetail } from "../api/city";
import type { Report } from "../api/client";
import { Problem, Unreachable } from "../api/problem";
import { blobOf, type Item, Outbox, type Shelf } from "./outbox";

const answer = AlertDetail.read(detail);
const deed = (alert: number, what: Item["deed"], note = "", photo: string | null = null): Item => ({
  alert,
  deed: what,
  note,
  photo,
});

/** A shelf in memory, as the next visit finds it. */
class MemoryShelf implements Shelf {
  kept: string | null = null;
  read(): string | null {
    return this.kept;
  }
  write(text: string): boolean {
    this.kept = text;
    return true;
  }
}

/** An outbox whose service answers, or fails, as the test says. */
function anOutbox(shelf: Shelf = new MemoryShelf()) {
  const done: string[] = [];
  const reports: Report[] = [];
  const took: number[] = [];
  const service: { failure: Error | null } = { failure: null };
  const act = async (what: string) => {
    if (service.failure !== null) throw service.failure;
    done.push(what);
    return answer;
  };
  const outbox = new Outbox(
    {
      acknowledge: (id) => act(`acknowledge ${id}`),
      arrive: (id) => act(`arrive ${id}`),
      handle: (id, report) => {
        reports.push(report);
        return act(`handle ${id}`);
      },
    },
    shelf,
    ({ id }) => took.push(id),
  );
  return { outbox, service, done, reports, took };
}

describe("the outbox", () => {
  test("sends at once and keeps nothing", async () => {
    const { outbox, done, took } = anOutbox();
    expect(await outbox.do(deed(1, "acknowledge"))).toBe(true);
    expect(done).toEqual(["acknowledge 1"]);
    expect(took).toEqual([answer.id]);
    expect(outbox.items.get()).toEqual([]);
  });

  for (const [name, failure] of [
    ["no network", new Unreachable("")],
    ["a service that is down", new Problem(503, "", "", [], null)],
    ["too many at once", new Problem(429, "", "", [], 5)],
    ["a session that ended", new Problem(401, "", "", [], null)],
  ] as const) {
    test(`keeps a deed through ${name}`, async () => {
      const { outbox, service, done } = anOutbox();
      service.failure = failure;
      expect(await outbox.do(deed(1, "acknowledge"))).toBe(false);
      expect(outbox.items.get()).toHaveLength(1);
      service.failure = null;
      await outbox.sendAll();
      expect(done).toEqual(["acknowledge 1"]);
      expect(outbox.items.get()).toEqual([]);
    });
  }

  test("does not keep what the service refuses", async () => {
    const { outbox, service } = anOutbox();
    service.failure = new Problem(404, "", "", [], null);
    await expect(outbox.do(deed(1, "acknowledge"))).rejects.toBe(service.failure);
    expect(outbox.items.get()).toEqual([]);
  });

  test("sends what it kept before what comes later, in order", async () => {
    const { outbox, service, done } = anOutbox();
    service.failure = new Unreachable("");
    await outbox.do(deed(1, "acknowledge"));
    await outbox.do(deed(1, "arrive"));
    service.failure = null;
    expect(await outbox.do(deed(1, "handle", "已劝离"))).toBe(true);
    expect(done).toEqual(["acknowledge 1", "arrive 1", "handle 1"]);
  });

  test("drops what is refused later, and goes on with what stands behind it", async () => {
    const { outbox, service, done } = anOutbox();
    service.failure = new Unreachable("");
    await outbox.do(deed(1, "arrive"));
    await outbox.do(deed(2, "arrive"));
    service.failure = new Problem(404, "", "", [], null);
    await outbox.sendAll();
    expect(outbox.items.get()).toEqual([]);
    expect(done).toEqual([]);
  });

  test("sends nothing twice when two ask at once", async () => {
    const { outbox, service, done } = anOutbox();
    service.failure = new Unreachable("");
    await outbox.do(deed(1, "arrive"));
    service.failure = null;
    await Promise.all([outbox.sendAll(), outbox.sendAll()]);
    expect(done).toEqual(["arrive 1"]);
  });

  test("is found again by the next visit, photo and all", async () => {
    const shelf = new MemoryShelf();
    const first = anOutbox(shelf);
    first.service.failure = new Unreachable("");
    await first.outbox.do(deed(1, "handle", "已清理", "data:image/jpeg;base64,/9j/4A=="));
    const second = anOutbox(shelf);
    await second.outbox.sendAll();
    expect(second.done).toEqual(["handle 1"]);
    expect(second.reports[0]?.note).toBe("已清理");
    expect(second.reports[0]?.photo?.type).toBe("image/jpeg");
    expect(shelf.kept).toBe("[]");
  });

  for (const kept of [
    "",
    "{",
    "[1, null]",
    '[{"alert":"1","deed":"arrive","note":"","photo":null}]',
    '{"a":1}',
  ]) {
    test(`begins empty from ${JSON.stringify(kept)}`, () => {
      const shelf = new MemoryShelf();
      shelf.kept = kept;
      expect(anOutbox(shelf).outbox.items.get()).toEqual([]);
    });
  }
});

test("a data URL gives its bytes and type back", async () => {
  const blob = blobOf("data:image/png;base64,AAEC/w==");
  expect(blob.type).toBe("image/png");
  expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 1, 2, 255]);
});
