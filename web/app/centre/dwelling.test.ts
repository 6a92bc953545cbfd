import { describe, expect, test } from "vitest";
import { nearestFirst, nextLimit } from "./dwelling";

const aStay = (phase: string, dwell_s: number, occupancy = "a", alert_id: number | null = null) => ({
  alert_id,
  phase,
  dwell_s,
  raise_s: 50,
  escalate_s: 200,
  occupancy,
});

describe("what comes next for who dwells", () => {
  for (const [name, stay, next] of [
    ["a candidate is on its way to the warning", aStay("candidate", 20), { kind: "raise", progress: 0.4 }],
    ["a gate may hold it past the limit", aStay("dwelling", 80), { kind: "raise", progress: 1 }],
    ["what is raised is on its way to the case", aStay("raised", 100), { kind: "escalate", progress: 0.5 }],
    [
      "what is leaving was told all the same",
      aStay("clearing", 100, "a", 7),
      { kind: "escalate", progress: 0.5 },
    ],
    ["what is leaving and was not told", aStay("clearing", 25), { kind: "raise", progress: 0.5 }],
    ["what is escalated has come to the end", aStay("escalated", 300), { kind: "none", progress: 1 }],
    [
      "no limit is a limit that is reached",
      { ...aStay("dwelling", 5), raise_s: 0 },
      { kind: "raise", progress: 1 },
    ],
  ] as const) {
    test(name, () => expect(nextLimit(stay)).toEqual(next));
  }
});

test("who is raised soonest stands first, and rows that wait equally long do not change places", () => {
  const items = [
    aStay("escalated", 300, "e"),
    aStay("dwelling", 10, "b"),
    aStay("dwelling", 40, "c"),
    aStay("candidate", 10, "a"),
    aStay("raised", 60, "d"),
  ];
  expect(nearestFirst(items).map(({ occupancy }) => occupancy)).toEqual(["c", "a", "b", "d", "e"]);
});
