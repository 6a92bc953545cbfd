import { describe, expect, test } from "vitest";
import { wordsOf } from "../i18n/words";
import { explain } from "./explain";
import { Problem, Unreachable } from "./problem";
import { ShapeError } from "./shape";

const problem = (status: number, detail = "", retryAfterS: number | null = null) =>
  new Problem(status, "Title", detail, [], retryAfterS);

describe("a failure in words", () => {
  const w = wordsOf.zh.failure;
  for (const [name, error, what, retry] of [
    ["no network", new Unreachable(""), w.unreachable, true],
    ["a session that ended", problem(401), w.signedOut, false],
    ["another role's door", problem(403), w.forbidden, false],
    ["another beat's alert", problem(404), w.missing, false],
    ["too large a photo", problem(413), w.tooBig, false],
    ["too many attempts", problem(429, "", 12), w.throttled(12), true],
    ["a fault of the service", problem(503), w.fault(503), true],
    ["a refusal with a reason", problem(422, "note: too long"), w.refused("note: too long"), false],
    ["a refusal without one", problem(409), w.refused("Title"), false],
    ["an answer that cannot be read", new ShapeError("id", "missing"), w.garbled("id: missing"), true],
    ["a bug", new TypeError("x is undefined"), w.unknown("TypeError: x is undefined"), true],
  ] as const) {
    test(name, () => {
      const said = explain(error, wordsOf.zh);
      expect(said).toMatchObject({ what, retry });
      expect(said.safe).not.toBe("");
    });
  }

  test("the field's own message says more than the summary", () => {
    const error = new Problem(
      422,
      "T",
      "body: invalid",
      [{ location: "body.note", message: "is too long" }],
      null,
    );
    expect(explain(error, wordsOf.en).what).toContain("is too long");
  });
});

test("who has an alert in hand is named, where that is why", () => {
  const holder = { id: 3, name: "张伟" };
  const taken = new Problem(409, "Conflict", "张伟 has it in hand.", [], null, { holder });
  expect(explain(taken, wordsOf.zh).what).toBe("张伟 已经接手");
  const other = new Problem(409, "Conflict", "The place is clear.", [], null, {});
  expect(explain(other, wordsOf.en).what).toContain("The place is clear.");
});
