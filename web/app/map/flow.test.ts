import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { anAlert } from "../alerts/sample";
import { type Difference, feature } from "./features";
import { Flow, flushMs } from "./flow";

/** A source that answers when the test says so. */
function aSource() {
  const told: Difference[] = [];
  const answers: { resolve(): void; reject(error: Error): void }[] = [];
  const flow = new Flow({
    updateData(difference) {
      told.push(difference);
      return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
    },
  });
  return { flow, told, answers };
}

const features = (...ids: number[]) => ids.map((id) => feature(anAlert({ id })));

describe("the flow to the map", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("tells only the newest picture of a quarter second", async () => {
    const { flow, told } = aSource();
    flow.show(features(1));
    flow.show(features(1, 2));
    flow.show(features(2));
    await vi.advanceTimersByTimeAsync(flushMs - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told.map(({ add }) => add.map(({ id }) => id))).toEqual([[2]]);
  });

  test("has one difference on its way, and tells the next when it arrived", async () => {
    const { flow, told, answers } = aSource();
    flow.show(features(1));
    await vi.advanceTimersByTimeAsync(flushMs);
    flow.show(features(2));
    await vi.advanceTimersByTimeAsync(10 * flushMs);
    expect(told).toHaveLength(1);
    answers[0]?.resolve();
    await vi.advanceTimersByTimeAsync(flushMs);
    expect(told).toHaveLength(2);
    expect(told[1]?.remove).toEqual([1]);
  });

  test("tells nothing when nothing changed", async () => {
    const { flow, told, answers } = aSource();
    flow.show(features(1));
    await vi.advanceTimersByTimeAsync(flushMs);
    answers[0]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    flow.show(features(1));
    await vi.advanceTimersByTimeAsync(flushMs);
    expect(told).toHaveLength(1);
  });

  test("tells everything again after a failure", async () => {
    const { flow, told, answers } = aSource();
    flow.show(features(1));
    await vi.advanceTimersByTimeAsync(flushMs);
    answers[0]?.reject(new Error("no source"));
    await vi.advanceTimersByTimeAsync(flushMs);
    expect(told.map(({ add }) => add.map(({ id }) => id))).toEqual([[1], [1]]);
  });

  test("tells everything again after the source was emptied", async () => {
    const { flow, told, answers } = aSource();
    flow.show(features(1));
    await vi.advanceTimersByTimeAsync(flushMs);
    answers[0]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    flow.forget();
    await vi.advanceTimersByTimeAsync(flushMs);
    expect(told).toHaveLength(2);
  });
});
