import { expect, test } from "vitest";
import { reason } from "./reason";
import { wordsOf } from "./words";

test("a reason is said in the person's language, and as it was where nobody has words for it", () => {
  expect(reason("The camera cannot be seen: connection refused.", wordsOf.zh)).toContain("连接被拒绝");
  expect(reason("connection refused", wordsOf.en)).toBe("connection refused");
  expect(reason("the moon is full", wordsOf.zh)).toBe("the moon is full");
});
