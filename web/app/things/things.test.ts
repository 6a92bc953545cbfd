import type { Geometry } from "geojson";
import { expect, test } from "vitest";
import type { Permit, WatchedPlace } from "../api/setup";
import * as fence from "./fence";
import * as permit from "./permit";
import * as place from "./place";

const area: Geometry = {
  type: "Polygon",
  coordinates: [
    [
      [118, 36],
      [118.3, 36],
      [118.3, 36.3],
      [118, 36],
    ],
    [
      [118.2, 36.1],
      [118.25, 36.1],
      [118.25, 36.12],
      [118.2, 36.1],
    ],
  ],
};
const hours = { windows: [{ days: [1], from: "08:00", to: "20:00" }] };

test("what is read of a fence, a permit or a place is sent again as it was, with its holes", () => {
  const properties = {
    name: "通道",
    rule: "fire_lane",
    hours,
    thresholds: { raise_s: 10 },
    demo: true,
    view: null,
  };
  const read: fence.Fence = {
    type: "Feature",
    geometry: area,
    properties: { id: "lane", frame: null, ...properties },
  };
  expect(fence.changeOf(fence.draftOf(read))).toEqual({ ...properties, area, frame: null });

  const { id, ...market }: Permit = {
    id: "market",
    name: "早市",
    holder: "合作社",
    rules: ["vending"],
    area,
    hours,
    from: "2026-11-01T16:00:00Z",
    until: "2026-11-30T16:00:00Z",
    stall_m2: 2,
  };
  expect(permit.changeOf(permit.draftOf({ id, ...market }))).toEqual(market);

  for (const geometry of [area, { type: "Point", coordinates: [118, 36] } as const]) {
    const school = { name: "小学", class: "school", geometry, key: true, demo: true };
    const known: WatchedPlace = { id: "school", ...school };
    expect(place.changeOf(place.draftOf(known))).toEqual(school);
  }
});

test("a fence on a frame keeps its view, and the ground that it stands for", () => {
  const frame = [
    [0.1, 0.1],
    [0.9, 0.1],
    [0.5, 0.9],
  ] as const;
  const drawn = fence.newFence("画面围栏", "vending", { area: null, view: "cam-1", frame });
  expect(fence.changeOf(drawn)).toMatchObject({ area: null, view: "cam-1", frame: frame.map((p) => [...p]) });
});
