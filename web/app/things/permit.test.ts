import { expect, test } from "vitest";
import { beginOf, endOf, isGood, lastDay, newPermit, standing } from "./permit";

const square = [
  [118.1, 36.1],
  [118.2, 36.1],
  [118.2, 36.2],
] as const;

test("a permit's last day belongs to it, by the city's clocks", () => {
  expect(beginOf("2026-11-22")).toBe("2026-11-21T16:00:00.000Z");
  expect(endOf("2026-11-30")).toBe("2026-11-30T16:00:00.000Z");
  expect(lastDay(endOf("2026-11-30"))).toBe("2026-11-30");
  expect(lastDay("2026-11-30T04:00:00Z")).toBe("2026-11-30");
});

test("it holds from its first moment until just before its last", () => {
  const permit = { from: beginOf("2026-11-22"), until: endOf("2026-11-22") };
  const of = (moment: string) => standing(permit, Date.parse(moment));
  expect(of("2026-11-21T15:59:59Z")).toBe("later");
  expect(of("2026-11-21T16:00:00Z")).toBe("holds");
  expect(of("2026-11-22T15:59:59Z")).toBe("holds");
  expect(of("2026-11-22T16:00:00Z")).toBe("over");
});

test("a new one lacks only its holder", () => {
  const permit = newPermit("早市", ["vending"], square);
  expect(isGood(permit)).toBe(false);
  const held = { ...permit, holder: "王记早点" };
  expect(isGood(held)).toBe(true);
  expect(isGood({ ...held, rules: [] })).toBe(false);
  expect(isGood({ ...held, until: held.from })).toBe(false);
  expect(isGood({ ...held, hours: { windows: [{ from: "6 点", to: "09:00" }] } })).toBe(false);
});
