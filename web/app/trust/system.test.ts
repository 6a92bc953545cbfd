import { expect, test } from "vitest";
import { inPairs, systemOf } from "./system";

test.each([
  [
    "Mozilla/5.0 (Linux; Android 14; 23013RK75C) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537.36",
    5,
    "android",
  ],
  ["Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 ArkWeb/4.1 Mobile", 5, "harmony"],
  ["Mozilla/5.0 (Linux; Android 12; HarmonyOS; ANA-AN00) AppleWebKit/537.36 Mobile", 5, "harmony"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", 5, "ios"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
    5,
    "ios",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
    0,
    "desktop",
  ],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0 Safari/537.36", 0, "desktop"],
])("the system of %s with %d touch points", (agent, touchPoints, system) => {
  expect(systemOf(agent, touchPoints)).toBe(system);
});

test("a fingerprint is shown in pairs", () => {
  expect(inPairs("0a1bff")).toBe("0A 1B FF");
});
