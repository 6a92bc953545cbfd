import { expect, test } from "vitest";
import { begin, step, undo } from "./history";

test("undo takes a whole drag back, then the step before it", () => {
  let history = step(begin("a"), "b");
  history = step(step(history, "c1"), "c2", false);
  expect(history.now).toBe("c2");
  history = undo(history);
  expect(history.now).toBe("b");
  history = undo(undo(history));
  expect(history.now).toBe("a");
});
