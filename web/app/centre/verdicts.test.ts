import { afterEach, beforeEach, expect, test, vi } from "vitest";
import detail from "../../testdata/alert-detail.json" with { type: "json" };
import { AlertDetail, type Verdict } from "../api/city";
import { Unreachable } from "../api/problem";
import { holdMs, Verdicts } from "./verdicts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A service that keeps what it was told, or does not answer while `down`. */
class Service {
  down = false;
  readonly told: [number, Verdict][] = [];
  readonly notes: string[] = [];
  verdict = async (id: number, verdict: Verdict, note: string) => {
    if (this.down) throw new Unreachable("no answer");
    this.told.push([id, verdict]);
    this.notes.push(note);
    return { ...AlertDetail.read(detail), id };
  };
}

function desk() {
  const service = new Service();
  const took: number[] = [];
  return { service, took, verdicts: new Verdicts(service, ({ id }) => took.push(id)) };
}

test("a verdict is sent after ten seconds, not before, and the answer is taken", async () => {
  const { service, took, verdicts } = desk();
  verdicts.give(7, "false");
  await vi.advanceTimersByTimeAsync(holdMs - 1);
  expect(service.told).toEqual([]);
  expect(verdicts.held.get().get(7)).toMatchObject({ verdict: "false", state: "held" });
  await vi.advanceTimersByTimeAsync(1);
  expect(service.told).toEqual([[7, "false"]]);
  expect(took).toEqual([7]);
  expect(verdicts.held.get().size).toBe(0);
});

test("what was undone is never sent; another verdict takes the place of the first and has its own ten seconds", async () => {
  const { service, verdicts } = desk();
  verdicts.give(7, "true");
  verdicts.undo(7);
  verdicts.give(8, "true");
  await vi.advanceTimersByTimeAsync(holdMs / 2);
  verdicts.give(8, "duplicate");
  await vi.advanceTimersByTimeAsync(holdMs - 1);
  expect(service.told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(service.told).toEqual([[8, "duplicate"]]);
});

test("undo takes back the last one given", async () => {
  const { service, verdicts } = desk();
  verdicts.give(7, "true");
  verdicts.give(8, "true");
  verdicts.give(7, "false");
  verdicts.undoLast();
  await vi.advanceTimersByTimeAsync(holdMs);
  expect(service.told).toEqual([[8, "true"]]);
});

test("a verdict that did not reach the service stays, says why, and can be sent again", async () => {
  const { service, verdicts } = desk();
  service.down = true;
  verdicts.give(7, "true");
  await vi.advanceTimersByTimeAsync(holdMs);
  expect(verdicts.held.get().get(7)).toMatchObject({ state: "failed", error: expect.any(Unreachable) });
  service.down = false;
  await verdicts.send(7);
  expect(service.told).toEqual([[7, "true"]]);
  expect(verdicts.held.get().size).toBe(0);
});

test("when the page goes away, what is held is sent at once and once", async () => {
  const { service, verdicts } = desk();
  verdicts.give(7, "true");
  verdicts.give(8, "false");
  verdicts.flush();
  await vi.advanceTimersByTimeAsync(2 * holdMs);
  expect(service.told).toEqual([
    [7, "true"],
    [8, "false"],
  ]);
});

test("a note goes with its verdict, whichever was first, and only with that one", async () => {
  const { service, verdicts } = desk();
  verdicts.note(7, " 树影 ");
  verdicts.give(7, "false");
  await vi.advanceTimersByTimeAsync(holdMs);
  verdicts.give(7, "true");
  await vi.advanceTimersByTimeAsync(holdMs - 1);
  verdicts.note(7, "看清了");
  await vi.advanceTimersByTimeAsync(holdMs - 1);
  expect(service.told).toEqual([[7, "false"]]);
  await vi.advanceTimersByTimeAsync(1);
  verdicts.give(8, "true");
  await vi.advanceTimersByTimeAsync(holdMs);
  expect(service.notes).toEqual(["树影", "看清了", ""]);
  expect(verdicts.notes.get().size).toBe(0);
});
