import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { poll } from "./poll";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("asks at once, and again after each answer, until it is stopped", async () => {
  let asked = 0;
  const told: unknown[] = [];
  const stop = poll(
    async () => ++asked,
    2000,
    (answer) => told.push(answer),
    () => false,
  );
  await vi.advanceTimersByTimeAsync(4000);
  expect(told).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(3);
});

test("asks nobody while the page is hidden, and goes on when it is seen again", async () => {
  let hidden = true;
  let asked = 0;
  const stop = poll(
    async () => ++asked,
    2000,
    () => {},
    () => hidden,
  );
  await vi.advanceTimersByTimeAsync(6000);
  expect(asked).toBe(0);
  hidden = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toBe(1);
  stop();
});

test("a failure is told, and the next answer comes all the same; an answer that comes too late is nobody's", async () => {
  const answers = [Promise.reject(new Error("down")), Promise.resolve("up")];
  const told: unknown[] = [];
  const stop = poll(
    () => answers.shift() ?? new Promise((resolve) => setTimeout(() => resolve("late"), 5000)),
    2000,
    (answer) => told.push(answer),
    () => false,
  );
  await vi.advanceTimersByTimeAsync(4500);
  stop();
  await vi.advanceTimersByTimeAsync(9000);
  expect(told).toEqual([{ error: new Error("down") }, { value: "up" }]);
});
