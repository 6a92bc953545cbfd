import { describe, expect, test } from "vitest";
import { readView as readCentre, writeView as writeCentre } from "../centre/view";
import { readView as readOfficer, writeView as writeOfficer } from "../officer/view";
import { momentOf, readView as readPlanner, writeView as writePlanner } from "../planner/view";
import { readView as readRules, writeView as writeRules } from "../rules/view";
import { readHash, readId, readPosition, writeHash, writePosition } from "./hash";

describe("the address", () => {
  test("keeps what it is given, readable where it can be", () => {
    const values = {
      alert: "12",
      hide: "vending,debris",
      q: "桓公路 & 王队",
      map: "13.50/36.82000/118.30000",
    };
    const hash = writeHash(values);
    expect(hash).toContain("hide=vending,debris");
    expect(hash).toContain("map=13.50/36.82000/118.30000");
    expect(readHash(hash)).toEqual(values);
  });

  test("of an untouched page is empty", () => {
    expect(writeHash({ a: "", b: "" })).toBe("");
    expect(readHash("")).toEqual({});
    expect(readHash("#")).toEqual({});
  });

  test("has a map position as zoom/lat/lon", () => {
    const position = { lon: 118.30612, lat: 36.82118, zoom: 14.25 };
    expect(writePosition(position)).toBe("14.25/36.82118/118.30612");
    expect(readPosition(writePosition(position))).toEqual(position);
  });

  for (const text of [
    undefined,
    "",
    "1/2",
    "a/b/c",
    "3/91/0",
    "3/0/181",
    "-1/0/0",
    "1/2/3/4",
    "NaN/1/1",
    "//",
  ]) {
    test(`has no map position in ${JSON.stringify(text)}`, () => {
      expect(readPosition(text)).toBeNull();
    });
  }

  test("has whole positive numbers for alerts", () => {
    expect(["12", "0", "-1", "1.5", "x", "", undefined, "9".repeat(40)].map(readId)).toEqual([
      12,
      ...Array(7).fill(null),
    ]);
  });
});

describe("what is looked at comes back from the address", () => {
  const through = (hash: Record<string, string>) => readHash(writeHash(hash));

  test("in the centre", () => {
    const view = {
      side: "whyNot" as const,
      alert: 7,
      camera: "cam-1",
      until: Date.parse("2026-11-22T02:00:00Z"),
      filter: { phase: "waiting" as const, hidden: ["vending" as const], text: "桓公路" },
      map: { lon: 118.3, lat: 36.8, zoom: 13 },
    };
    expect(readCentre(through(writeCentre(view)))).toEqual(view);
    expect(writeHash(writeCentre(readCentre({})))).toBe("");
  });

  test("on the phone", () => {
    const view = { tab: "map" as const, alert: 3 };
    expect(readOfficer(through(writeOfficer(view)))).toEqual(view);
    expect(readOfficer({ tab: "nonsense", alert: "x" })).toEqual({ tab: "alerts", alert: null });
  });

  test("in the planner", () => {
    const view = {
      tab: "fences" as const,
      edition: 4,
      compare: 2,
      grid: "370305001005001",
      thing: "lane-3",
      text: "辛东",
      day: "2026-12-01",
      map: { lon: 118.3, lat: 36.8, zoom: 13 },
    };
    expect(readPlanner(through(writePlanner(view)))).toEqual(view);
  });

  test("on the page of rules", () => {
    const view = { tab: "backtest" as const, rule: "fire_lane", backtest: "12" };
    expect(readRules(through(writeRules(view)))).toEqual(view);
    expect(writeHash(writeRules(readRules({})))).toBe("");
    expect(readRules({ tab: "nonsense" }).tab).toBe("rules");
  });

  test("and rubbish in it is as if it were not there", () => {
    expect(readCentre(readHash("#alert=x&phase=all2&hide=foo&map=1"))).toEqual(readCentre({}));
    expect(readPlanner(readHash("#grid=12&at=2026-13-40&map=x&edition=-1&tab=foo"))).toEqual(readPlanner({}));
  });
});

test("a day stands for the city's noon, and no day for now", () => {
  expect(momentOf(null)).toBeUndefined();
  expect(momentOf("2026-12-01")).toBe("2026-12-01T04:00:00.000Z");
});
