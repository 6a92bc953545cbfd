import { describe, expect, test } from "vitest";
import { anAlert } from "../alerts/sample";
import { alertFeatures, difference, fadeMs, feature, signature } from "./features";
import { looks, rankOf, variantOf, waitingRank } from "./rank";

const now = Date.parse("2026-11-22T09:00:00Z");
const earlier = (ms: number) => new Date(now - ms).toISOString();
const shown = (...features: ReturnType<typeof alertFeatures>) =>
  new Map(features.map((one) => [one.id, signature(one)]));

describe("the rank of an alert", () => {
  test("is louder for what waits than for what is taken, and quietest for what is clear", () => {
    const rank = (state: "raised" | "escalated" | "cleared", handling: "new" | "acknowledged") =>
      rankOf(anAlert({ state, handling, rule: "vending" }));
    const ranks = [
      rank("cleared", "new"),
      rank("raised", "acknowledged"),
      rank("escalated", "acknowledged"),
      rank("raised", "new"),
      rank("escalated", "new"),
    ];
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(5);
    expect(ranks.map((rank) => rank >= waitingRank)).toEqual([false, false, false, true, true]);
  });

  test("names its own look", () => {
    const alert = anAlert({ state: "escalated", handling: "arrived", rule: "debris" });
    expect(looks[rankOf(alert)]).toEqual({ matter: "debris", variant: variantOf(alert) });
  });
});

describe("the features of the map", () => {
  test("fade in steps after the place is clear, and go after half an hour", () => {
    const opacity = (age: number) =>
      alertFeatures([anAlert({ state: "cleared", cleared_at: earlier(age) })], now, false)[0]?.properties
        .opacity;
    expect(opacity(0)).toBe(1);
    expect(opacity(fadeMs / 2)).toBeCloseTo(0.5);
    expect(opacity(fadeMs - 1)).toBeCloseTo(1 / 6);
    expect(opacity(fadeMs)).toBeUndefined();
  });

  test("stay when the cleared ones are asked for", () => {
    const old = anAlert({ state: "cleared", cleared_at: earlier(10 * fadeMs) });
    expect(alertFeatures([old], now, true)[0]?.properties.opacity).toBe(0.5);
  });

  test("differ only by what is seen", () => {
    const alert = anAlert({ id: 1 });
    const same = { ...alert, dwell_s: 99, officer: null };
    expect(difference(shown(feature(alert)), [feature(same)])).toBeNull();
  });

  test("tell what came, what changed and what went", () => {
    const [kept, changed, gone, come] = [1, 2, 3, 4].map((id) =>
      anAlert({ id, handling: "new", state: "raised" }),
    );
    if (!kept || !changed || !gone || !come) throw new Error("four alerts");
    const told = difference(shown(feature(kept), feature(changed), feature(gone)), [
      feature(kept),
      feature({ ...changed, handling: "acknowledged" }),
      feature(come),
    ]);
    expect(told?.add.map(({ id }) => id)).toEqual([2, 4]);
    expect(told?.remove).toEqual([3]);
  });
});
