import { describe, expect, test } from "vitest";
import {
  flag,
  list,
  moment,
  nullable,
  number,
  object,
  oneOf,
  optional,
  ShapeError,
  table,
  text,
} from "./shape";

const Thing = object({ id: number, name: text, tags: list(text), note: optional(text) });

describe("a shape", () => {
  test("passes what fits and drops what it does not know", () => {
    const given = { id: 1, name: "a", tags: ["x"], extra: true };
    expect(Thing.read(given)).toEqual({ id: 1, name: "a", tags: ["x"] });
  });

  test("reads Go's null list as empty", () => {
    expect(Thing.read({ id: 1, name: "a", tags: null })).toEqual({ id: 1, name: "a", tags: [] });
  });

  test("strictly refuses an unknown key, by its path", () => {
    const given = { items: [{ id: 1, name: "a", tags: [], extra: true }] };
    expect(() => object({ items: list(Thing) }).read(given, "", true)).toThrow("items[0].extra: unknown key");
  });

  for (const [name, shape, value, message] of [
    ["a missing key", Thing, { id: 1, tags: [] }, "name: missing"],
    ["a number in place of text", Thing, { id: 1, name: 2, tags: [] }, "name: want text, got number"],
    ["null in place of text", text, null, "the whole: want text, got null"],
    ["a wrong element", list(number), [1, "2"], "[1]: want a number, got string"],
    ["what is no list", list(number), {}, "want a list"],
    ["a list in place of an object", Thing, [], "want an object"],
    ["an unknown word", oneOf("raised", "cleared"), "gone", "want one of raised, cleared"],
    ["a day in place of a moment", moment, "2026-12-01", "want an RFC 3339 time"],
    ["a moment that is none", moment, "2026-13-41T00:00:00Z", "want an RFC 3339 time"],
    ["NaN", number, Number.NaN, "want a number"],
    ["text in place of a flag", flag, "true", "want true or false"],
    ["a wrong value in a table", table(number), { raise_s: "12" }, ".raise_s: want a number"],
  ] as const) {
    test(`refuses ${name}`, () => {
      expect(() => shape.read(value)).toThrow(ShapeError);
      expect(() => shape.read(value)).toThrow(message);
    });
  }

  test("null is only passed where it is allowed", () => {
    expect(nullable(text).read(null)).toBeNull();
    expect(() => optional(text).read(null)).toThrow(ShapeError);
  });
});
