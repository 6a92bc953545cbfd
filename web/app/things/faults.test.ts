import { describe, expect, test } from "vitest";
import { Problem } from "../api/problem";
import { wordsOf } from "../i18n/words";
import { faultsOf } from "./faults";

const refused = (...fields: { location: string; message: string }[]) =>
  new Problem(422, "Unprocessable Entity", "", fields, null);
const { refused: said } = wordsOf.zh.things;

describe("a refusal", () => {
  test("of a bow-tie stands at the area, and names the place", () => {
    const message = "crosses or touches itself near longitude 118.3055000, latitude 36.8225000";
    expect(faultsOf(refused({ location: "area[0][0]", message }), wordsOf.zh)).toEqual({
      fields: new Map([["area", said.crosses]]),
      at: [118.3055, 36.8225],
    });
  });

  test("stands at the field that the service names, however it names it", () => {
    for (const [location, field] of [
      ["body.class", "class"],
      ["rules[1]", "rules"],
      ["hours.windows[0].from", "hours"],
      ["geometry[0][0]", "area"],
      ["body.geometry.coordinates", "area"],
      ["thresholds.raise_s", "thresholds"],
    ] as const) {
      const faults = faultsOf(refused({ location, message: "something new" }), wordsOf.zh);
      expect([...(faults?.fields ?? [])]).toEqual([[field, "something new"]]);
    }
  });

  test("that no field of a form is to blame for is told otherwise", () => {
    expect(faultsOf(refused({ location: "view", message: "there is no view" }), wordsOf.zh)).toBeNull();
    expect(faultsOf(refused(), wordsOf.zh)).toBeNull();
    expect(faultsOf(new Problem(503, "", "", [], null), wordsOf.zh)).toBeNull();
    expect(faultsOf(new Error("no"), wordsOf.zh)).toBeNull();
  });
});
