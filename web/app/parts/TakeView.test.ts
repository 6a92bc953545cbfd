import { expect, test } from "vitest";
import type { Condition } from "../api/watching";
import { takeable } from "./TakeView";

const condition: Condition = {
  code: "moved",
  view: "west-1",
  since: "2026-11-22T08:00:00Z",
  reference_url: null,
  current_url: "/api/cameras/west/pictures/1",
};

test("a pose is taken for right where it has a picture; a lens that cannot see is not", () => {
  expect(takeable(condition)).toBe(true);
  expect(takeable({ ...condition, code: "off_view", view: null })).toBe(true);
  expect(takeable({ ...condition, current_url: null })).toBe(false);
  for (const code of ["covered", "frozen", "dark", "empty"]) {
    expect(takeable({ ...condition, code }), code).toBe(false);
  }
});
