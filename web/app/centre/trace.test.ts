import { describe, expect, test } from "vitest";
import vocabulary from "../../testdata/vocabulary.json" with { type: "json" };
import type { Trace, TraceItem } from "../api/watching";
import { languages, wordsOf } from "../i18n/words";
import { candidates, continued, gateSentence, noteOf } from "./trace";

const at = (second: number) => new Date(Date.parse("2026-11-22T02:00:00Z") + second * 1000).toISOString();

function anItem(changes: Partial<TraceItem> = {}): TraceItem {
  return {
    from: at(0),
    until: at(10),
    frames: 20,
    gate: "dwell",
    passed: false,
    fence: { id: "lane-3", name: "3 号消防通道" },
    rule: "fire_lane",
    occupancy: "lane-3/fire_lane/1",
    class: "vehicle",
    track: 4,
    score: 0.8,
    box: { x: 0.1, y: 0.2, w: 0.3, h: 0.2 },
    size_px: [230, 115],
    size_m: 4.2,
    inside: true,
    dwell_s: 42,
    permit: "",
    hours: "always",
    value: 42,
    limit: 50,
    unit: "s",
    note: "",
    ...changes,
  };
}

describe("every gate of the kernel has a sentence", () => {
  for (const language of languages) {
    const words = wordsOf[language];
    for (const gate of vocabulary.gates) {
      test(`${gate}, ${language}`, () => {
        expect(words.gate[gate]?.name ?? "").not.toBe("");
        const sentence = gateSentence(anItem({ gate, value: 42, limit: 50 }), words);
        expect(sentence).not.toBe("");
        expect(sentence).not.toContain(gate === "dwell" ? "undefined" : `“${gate}”`);
      });
    }
  }

  test("and no sentence is left of a gate that is gone", () => {
    expect(Object.keys(wordsOf.zh.gate).sort()).toEqual(vocabulary.gates);
  });
});

test("every phase, scene, reason, threshold, class and event of the kernel has its word in both languages", () => {
  for (const language of languages) {
    const words = wordsOf[language];
    const missing = {
      phases: vocabulary.phases.filter((phase) => !words.phase[phase]),
      scenes: vocabulary.scenes.filter((scene) => !words.rules.scenes[scene]),
      unfit: vocabulary.unfit.filter((reason) => !words.unfit[reason]),
      thresholds: vocabulary.thresholds.filter(({ key }) => !words.threshold[key]),
      classes: vocabulary.classes.filter((name) => !words.thing[name]),
      events: vocabulary.events.filter((event) => !words.event[event]),
      docs: vocabulary.thresholds.filter(({ key }) => !words.rules.doc[key]),
    };
    expect(missing, language).toEqual({
      phases: [],
      scenes: [],
      unfit: [],
      thresholds: [],
      classes: [],
      events: [],
      docs: [],
    });
  }
});

describe("a gate in words", () => {
  const zh = wordsOf.zh;
  for (const [name, item, sentence] of [
    ["with value, limit and unit", anItem(), "停留 42 秒，未到预警时限 50 秒。"],
    [
      "in shares",
      anItem({ gate: "score", value: 0.31, limit: 0.35, unit: "share" }),
      "置信度 31%，低于下限 35%。",
    ],
    ["without figures", anItem({ gate: "outside", value: null, limit: null, unit: "" }), "目标在围栏外。"],
    [
      "with a limit alone",
      anItem({ gate: "full", value: null, limit: 64, unit: "" }),
      "这个摄像机同时跟踪的目标已满。 限值 64",
    ],
    ["that was passed", anItem({ passed: true }), "通过：停留时长"],
    ["that this page does not know", anItem({ gate: "moon", value: null, limit: null }), "被「moon」拦下。"],
  ] as const) {
    test(name, () => expect(gateSentence(item, zh)).toBe(sentence));
  }
});

describe("the candidates of a minute", () => {
  test("are whole: their gates follow one another, however they came", () => {
    const enter = anItem({ gate: "enter", from: at(0), until: at(3) });
    const dwell = anItem({ gate: "dwell", from: at(3), until: at(40) });
    const { near } = candidates([dwell, enter]);
    expect(near).toHaveLength(1);
    expect(near[0]?.steps).toEqual([enter, dwell]);
    expect(near[0]?.last).toBe(dwell);
  });

  test("who came furthest stands first; what has nothing to do with a fence is apart", () => {
    const passer = anItem({ gate: "moving", occupancy: "", track: 9 });
    const stranger = anItem({ gate: "class", occupancy: "", class: "dog", track: 10 });
    const frame = anItem({ gate: "unfit", occupancy: "", class: "", track: 0, fence: null, rule: "" });
    const { near, far } = candidates([passer, stranger, frame, anItem()]);
    expect(near.map(({ last }) => last.gate)).toEqual(["dwell", "unfit", "moving"]);
    expect(far.map(({ last }) => last.class)).toEqual(["dog"]);
  });

  test("somebody who came in from outside is not apart", () => {
    const outside = anItem({ gate: "outside", occupancy: "", from: at(0), until: at(5) });
    const moving = anItem({ gate: "moving", occupancy: "", from: at(5), until: at(9) });
    const { near, far } = candidates([outside, moving]);
    expect([near.length, far.length]).toEqual([1, 0]);
  });

  test("a duplicate is not the thing that it repeats", () => {
    const double = anItem({ gate: "duplicate", track: 5 });
    expect(candidates([anItem(), double]).near).toHaveLength(2);
  });
});

describe("a trace that was cut off", () => {
  const page = (items: TraceItem[], next: string | null): Trace => ({
    camera: { id: "cam-1", name: "东门" },
    from: at(0),
    until: at(60),
    frames: 20,
    unfit: [],
    items,
    next,
  });
  const stood = anItem({ from: at(0), until: at(10), frames: 20, value: 10 });
  const passedBy = anItem({
    from: at(2),
    until: at(4),
    gate: "moving",
    class: "person",
    track: 9,
    occupancy: "",
  });

  test("goes on where it was cut, and what lasted over the cut is one item", () => {
    const stands = anItem({ from: at(10.5), until: at(30), frames: 40, value: 30 });
    const whole = continued(page([stood, passedBy], at(10.5)), page([stands], at(31)));
    expect(whole.items).toEqual([{ ...stands, from: at(0), frames: 60 }, passedBy]);
    expect(whole).toMatchObject({ frames: 40, from: at(0), next: at(31) });
  });

  test("keeps apart what ended before the cut, and what began after it", () => {
    const again = { ...passedBy, from: at(10.5), until: at(12) };
    const later = anItem({ from: at(20), until: at(30) });
    const whole = continued(page([stood, passedBy], at(10.5)), page([again, later], null));
    expect(whole.items).toEqual([stood, passedBy, again, later]);
    expect(whole.next).toBeNull();
  });

  test("joins the time in which no frame could be used", () => {
    const dark = (from: number, until: number, frames: number) => ({
      reason: "dark",
      from: at(from),
      until: at(until),
      frames,
    });
    const first = { ...page([], at(10.5)), unfit: [dark(5, 10, 10)] };
    const whole = continued(first, { ...page([], null), unfit: [dark(10.5, 12, 4)] });
    expect(whole.unfit).toEqual([dark(5, 12, 14)]);
  });
});

test("a mute says why people are not told, with the verdicts that decided", () => {
  const mute = (note: string, value: number | null, limit: number | null) =>
    anItem({ gate: "mute", note, value, limit, unit: value === null ? "" : "verdicts" });
  expect(gateSentence(mute("review_only", 3, 12), wordsOf.zh)).toContain("最近 12 次判定里 3 次属实");
  expect(gateSentence(mute("review_only", null, null), wordsOf.en)).toContain("for review only");
  expect(gateSentence(mute("handled", null, null), wordsOf.zh)).toBe("已有人处置，不再提醒别人。");
  expect(noteOf(mute("handled", null, null), wordsOf.zh)).toBe("");
});
