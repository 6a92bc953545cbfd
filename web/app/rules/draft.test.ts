import { describe, expect, test } from "vitest";
import sample from "../../testdata/fences.json" with { type: "json" };
import { FenceCollection } from "../api/city";
import type { PermitDraft, Rule } from "../api/rules";
import {
  type Draft,
  emptyDraft,
  fenceIn,
  linesOf,
  readDraft,
  requestOf,
  troublesOf,
  withFence,
  without,
  withPermit,
  withThreshold,
} from "./draft";

const lane: Rule = {
  key: "fire_lane",
  name: "占用消防通道",
  name_en: "Fire lane",
  matter: { code: "09012", name: "占用消防通道", name_en: "Fire lane" },
  scene: "standing",
  subjects: ["vehicle"],
  goods: [],
  measured: "untested",
  thresholds: [
    { key: "raise_s", value: 50, default: 50, unit: "s", doc: "", min: 1, max: 86_400 },
    { key: "escalate_s", value: 180, default: 180, unit: "s", doc: "", min: 1, max: 604_800 },
    { key: "min_score", value: 0.35, default: 0.35, unit: "share", doc: "", min: 0, max: 1 },
  ],
};
const fences = FenceCollection.read(sample).features;
const [fence] = fences;
if (fence === undefined) throw new Error("the sample has no fence");
const inForce = { rules: [lane], fences };

const permit: PermitDraft = {
  id: "p1",
  name: "夜市",
  holder: "张三",
  rules: ["vending"],
  area: { type: "Polygon", coordinates: [] },
  hours: {},
  from: "2026-11-22T00:00:00Z",
  until: "2026-12-22T00:00:00Z",
};

describe("a threshold in the draft", () => {
  test("is told with what it was, and taken back by the value in force", () => {
    const draft = withThreshold(emptyDraft, lane, "raise_s", 30);
    expect(linesOf(draft, inForce)).toEqual([
      { kind: "threshold", rule: "fire_lane", key: "raise_s", from: 50, to: 30 },
    ]);
    expect(withThreshold(draft, lane, "raise_s", 50)).toEqual(emptyDraft);
  });

  test("is not told any more once it is in force", () => {
    const draft = withThreshold(emptyDraft, lane, "raise_s", 30);
    const published = {
      ...lane,
      thresholds: lane.thresholds.map((one) => (one.key === "raise_s" ? { ...one, value: 30 } : one)),
    };
    expect(linesOf(draft, { rules: [published], fences })).toEqual([]);
  });

  for (const [name, changes, troubles] of [
    ["within its range is well", { raise_s: 30 }, []],
    ["below its least is not", { raise_s: 0 }, [["fire_lane.raise_s", "range"]]],
    ["above its most is not", { min_score: 1.1 }, [["fire_lane.min_score", "range"]]],
    ["that is no number is not", { min_score: Number.NaN }, [["fire_lane.min_score", "range"]]],
    ["that escalates before it warns is not", { raise_s: 200 }, [["fire_lane.escalate_s", "escalate"]]],
    ["both moved together are well", { raise_s: 200, escalate_s: 400 }, []],
  ] as const) {
    test(name, () => {
      const draft: Draft = { ...emptyDraft, thresholds: { fire_lane: changes as Record<string, number> } };
      expect([...troublesOf(draft, [lane])]).toEqual(troubles);
    });
  }
});

describe("a fence in the draft", () => {
  const hours = { windows: [{ days: [], from: "08:00", to: "20:00" }] };

  test("is whole, and told by what differs", () => {
    const draft = withFence(
      emptyDraft,
      { ...fenceIn(emptyDraft, fence), hours, thresholds: { raise_s: 10, escalate_s: 60 } },
      fence,
    );
    expect(linesOf(draft, inForce).map((line) => [line.kind, "key" in line ? line.key : ""])).toEqual([
      ["fenceHours", ""],
      ["fenceThreshold", "escalate_s"],
    ]);
    expect(draft.fences[0]).toMatchObject({ id: "lane-3", rule: "fire_lane", area: fence.geometry });
    expect(fenceIn(draft, fence).hours).toBe(hours);
  });

  test("that is as in force is no change", () => {
    const changed = withFence(emptyDraft, { ...fenceIn(emptyDraft, fence), hours }, fence);
    expect(withFence(changed, fenceIn(emptyDraft, fence), fence)).toEqual(emptyDraft);
  });
});

test("every line can be taken back, and without all of them the draft is empty", () => {
  let draft = withThreshold(emptyDraft, lane, "raise_s", 30);
  draft = withThreshold(draft, lane, "min_score", 0.5);
  draft = withFence(draft, { ...fenceIn(draft, fence), hours: {}, thresholds: { leave_s: 5 } }, fence);
  draft = withPermit(draft, permit);
  const lines = linesOf(draft, inForce);
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    const left = linesOf(without(draft, line, inForce), inForce);
    expect(left).toEqual(lines.filter((other) => other !== line));
  }
  expect(lines.reduce((rest, line) => without(rest, line, inForce), draft)).toEqual(emptyDraft);
});

test("the same permit drafted again takes the place of the first", () => {
  const draft = withPermit(withPermit(emptyDraft, permit), { ...permit, holder: "李四" });
  expect(draft.permits.map(({ holder }) => holder)).toEqual(["李四"]);
});

test("a request says whose hours are tried and what is changed, and nothing else", () => {
  const draft = withPermit(withThreshold(emptyDraft, lane, "raise_s", 30), permit);
  const from = Date.parse("2026-11-22T00:00:00Z");
  expect(requestOf(draft, { cameras: ["cam-1"], from, until: from + 3600_000 })).toEqual({
    cameras: ["cam-1"],
    from: "2026-11-22T00:00:00.000Z",
    until: "2026-11-22T01:00:00.000Z",
    thresholds: { fire_lane: { raise_s: 30 } },
    fences: [],
    permits: [permit],
  });
});

test("a draft comes back from the device; what is no draft is an empty one", () => {
  const draft = withPermit(withThreshold(emptyDraft, lane, "raise_s", 30), permit);
  expect(readDraft(JSON.stringify(draft))).toEqual(draft);
  for (const text of [null, "", "{", "null", "[]", '{"thresholds":1}', '{"thresholds":{},"fences":{}}']) {
    expect(readDraft(text)).toEqual(emptyDraft);
  }
});
