import { describe, expect, test } from "vitest";
import detail from "../../testdata/alert-detail.json" with { type: "json" };
import { type Alert, AlertDetail } from "../api/city";
import { wordsOf } from "../i18n/words";
import { anAlert } from "./sample";
import {
  goods,
  matterName,
  place,
  sentence,
  spotName,
  thing,
  things,
  thresholdValue,
  trigger,
} from "./sentence";

const { zh, en } = wordsOf;
const since = "2026-11-22T08:00:00Z";
const now = Date.parse("2026-11-22T08:04:12Z");
const alert = (changes: Parameters<typeof anAlert>[0]) =>
  anAlert({ since, cleared_at: null, fence: { id: "f", name: "3 号消防通道" }, ...changes });
const why = { ...AlertDetail.read(detail).why, people: 0, goods: [], witness: "" };

describe("the sentence", () => {
  test("of a fire lane", () => {
    const lane = alert({ rule: "fire_lane", class: "vehicle" });
    expect(sentence(lane, why, zh, now)).toBe("车辆停在「3 号消防通道」4 分 12 秒，消防通道被占。");
    expect(sentence(lane, why, en, now)).toBe(
      "A vehicle has stood in “3 号消防通道” for 4 min 12 s; the fire lane is occupied.",
    );
  });

  test("of vending, with who and what", () => {
    const vending = alert({ rule: "vending", class: "person" });
    expect(
      sentence(vending, { ...why, people: 2, goods: ["umbrella", "dining table", "umbrella"] }, zh, now),
    ).toBe("2 人带着伞和桌子在「3 号消防通道」停留 4 分 12 秒，疑似占道经营。");
    expect(sentence(vending, null, zh, now)).toBe("有人在「3 号消防通道」停留 4 分 12 秒，疑似占道经营。");
  });

  test("of debris, with the witness where there was one", () => {
    const heap = alert({ rule: "debris", class: "change" });
    const plain = "「3 号消防通道」多出一堆东西，4 分 12 秒没有清走，疑似乱倒建筑垃圾。";
    expect(sentence(heap, why, zh, now)).toBe(plain);
    expect(sentence(heap, { ...why, witness: "vehicle" }, zh, now)).toBe(`${plain}开始时车辆在旁。`);
  });

  test("stops its time when the place is clear", () => {
    const cleared = alert({ rule: "fire_lane", class: "vehicle", cleared_at: "2026-11-22T08:01:00Z" });
    expect(sentence(cleared, why, zh, now)).toContain("1 分，");
  });
});

test("the trigger names rule, version and the decisive thresholds, the shortest first", () => {
  const full = {
    ...AlertDetail.read(detail),
    why: {
      ...why,
      rule: "fire_lane",
      rule_version: 7,
      thresholds: { escalate_s: 180, raise_s: 12, match_m: 1.5 },
    },
  };
  expect(trigger(full, zh)).toBe("规则 fire_lane v7，阈值 预警 12 秒 / 升级 3 分");
  expect(trigger({ ...full, why: { ...full.why, thresholds: {} } }, en)).toBe("Rule fire_lane v7");
});

test("things are listed as people list them, and an unknown class is said as it is", () => {
  expect(things([], zh)).toBe("");
  expect(things(["umbrella"], zh)).toBe("伞");
  expect(things(["umbrella", "chair", "bench"], zh)).toBe("伞、椅子和凳子");
  expect(things(["umbrella", "chair", "bench"], en)).toBe("an umbrella, a chair and a bench");
  expect(thing("surfboard", zh)).toBe("surfboard");
  expect(goods(["change", "umbrella"], zh)).toBe("货物和伞");
});

test("a place is street · grid, without saying the street twice, and the fence where there is no grid", () => {
  const grid = {
    code: "370305001005001",
    name: "辛东社区",
    net: "community" as const,
    street: "闻韶街道",
    demo: true,
  };
  const at = (where: Alert["grid"]) => anAlert({ grid: where, fence: { id: "f", name: "东门" } });
  expect(place(at(grid))).toBe("闻韶街道 · 辛东社区");
  expect(place(at({ ...grid, name: "闻韶街道片区" }))).toBe("闻韶街道片区");
  expect(place(at({ ...grid, street: "" }))).toBe("辛东社区");
  expect(place(at(null))).toBe("东门");
});

test("a camera in trouble says what is wrong with it, and whose eyes it was", () => {
  const moved = anAlert({
    rule: "camera_moved",
    class: "moved",
    fence: { id: "", name: "" },
    camera: { id: "cam-1", name: "东门球机" },
    since: "2026-11-22T08:00:00Z",
    cleared_at: "2026-11-22T08:03:00Z",
    grid: { code: "370305001005001", name: "辛东社区", net: "community", street: "闻韶街道", demo: true },
  });
  expect([matterName(moved, zh), matterName(moved, en)]).toEqual(["镜头被移动", "Camera moved"]);
  expect(sentence(moved, null, zh, 0)).toBe(
    "「东门球机」镜头被移动，已 3 分，「辛东社区」这里的规则暂停，恢复之前不预警也不解除。",
  );
  expect(sentence({ ...moved, rule: "camera_offline", class: "offline" }, null, zh, 0)).toBe(
    "「东门球机」摄像机离线，已 3 分，「辛东社区」这里没有画面可看。",
  );
  expect(spotName(moved)).toBe("东门球机");
  expect(place({ ...moved, grid: null })).toBe("东门球机");
});

test("a matter has its name in both languages", () => {
  const named = anAlert({ matter: { code: "09012", name: "占用消防通道", name_en: "Fire lane occupied" } });
  expect([matterName(named, zh), matterName(named, en)]).toEqual(["占用消防通道", "Fire lane occupied"]);
});

test("a threshold has the unit of its key", () => {
  expect(thresholdValue("raise_s", 90, zh)).toBe("1 分 30 秒");
  expect(thresholdValue("match_m", 1.5, zh)).toBe("1.5 m");
  expect(thresholdValue("min_area_m2", 0.4, zh)).toBe("0.4 m²");
  expect(thresholdValue("min_score", 0.35, zh)).toBe("0.35");
});
