import { describe, expect, test } from "vitest";
import vocabulary from "../../testdata/vocabulary.json" with { type: "json" };
import type { TraceItem } from "../api/watching";
import { languages, wordsOf } from "../i18n/words";
import { candidates, gateSentence } from "./trace";

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
