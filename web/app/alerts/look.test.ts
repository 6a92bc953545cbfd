import { describe, expect, test } from "vitest";
import { everything, type Filter, matches } from "./filter";
import { dwellS, isUnderway, isWaiting, matterOf, stageOf } from "./look";
import { anAlert } from "./sample";

const matter = (code: string) => ({ code, name: "", name_en: "" });

describe("the look of an alert", () => {
  for (const [rule, code, want] of [
    ["fire_lane", "09012", "fire_lane"],
    ["vending", "09006", "vending"],
    ["debris", "06011", "debris"],
    ["hawkers_v2", "09001", "vending"],
    ["lane_2", "09012", "fire_lane"],
    ["heap", "06011", "debris"],
    ["bikes", "09010", "other"],
    ["camera_moved", "10996", "device"],
  ] as const) {
    test(`rule ${rule} of matter ${code} is ${want}`, () => {
      expect(matterOf({ rule, matter: matter(code) })).toBe(want);
    });
  }

  test("a clear place ends everything, whoever did or did not take it", () => {
    expect(stageOf({ state: "cleared", handling: "new" })).toBe("cleared");
    expect(stageOf({ state: "escalated", handling: "new" })).toBe("new");
    expect(stageOf({ state: "raised", handling: "arrived" })).toBe("arrived");
  });

  test("every alert waits, is underway or is cleared, and only one of them", () => {
    for (const state of ["raised", "escalated", "cleared"] as const) {
      for (const handling of ["new", "acknowledged", "arrived", "handled"] as const) {
        const alert = { state, handling };
        expect([isWaiting(alert), isUnderway(alert), state === "cleared"].filter(Boolean)).toHaveLength(1);
      }
    }
  });

  test("dwell runs while the place is occupied, and stops when it is clear", () => {
    const since = "2026-11-22T08:00:00Z";
    const now = Date.parse("2026-11-22T09:00:00Z");
    expect(dwellS({ since, cleared_at: null }, now)).toBe(3600);
    expect(dwellS({ since, cleared_at: "2026-11-22T08:01:30Z" }, now)).toBe(90);
    expect(dwellS({ since, cleared_at: null }, Date.parse(since) - 5000)).toBe(0);
  });
});

describe("the filter", () => {
  const alert = anAlert({
    id: 12,
    state: "raised",
    handling: "new",
    rule: "vending",
    camera: { id: "c", name: "桓公路北口" },
    officer: { id: 7, name: "王队" },
  });
  const filter = (changes: Partial<Filter>) => ({ ...everything, ...changes });

  for (const [name, changes, want] of [
    ["everything", {}, true],
    ["what waits", { phase: "waiting" }, true],
    ["what is underway", { phase: "underway" }, false],
    ["what is cleared", { phase: "cleared" }, false],
    ["another matter hidden", { hidden: ["debris"] }, true],
    ["its own matter hidden", { hidden: ["vending"] }, false],
    ["its camera", { text: " 桓公路 " }, true],
    ["its officer", { text: "王队" }, true],
    ["its number", { text: "#12" }, true],
    ["every word of several", { text: "桓公路 王队" }, true],
    ["one word that is not there", { text: "桓公路 李队" }, false],
  ] as const) {
    test(`${name}: ${want ? "shown" : "not shown"}`, () => {
      expect(matches(alert, filter(changes as Partial<Filter>))).toBe(want);
    });
  }

  test("an alert outside every grid can be searched", () => {
    expect(matches(anAlert({ grid: null, officer: null }), filter({ text: "没有" }))).toBe(false);
  });
});
