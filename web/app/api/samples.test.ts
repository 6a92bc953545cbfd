import { expect, test } from "vitest";
import * as city from "./city";
import { DraftList } from "./editions";
import { PrecisionList } from "./rules";
import { raw, type Shape } from "./shape";

// The samples are written by the service's own tests: what it says is what this app reads, key by key.
const samples = import.meta.glob<unknown>("../../testdata/*.json", { eager: true, import: "default" });

const shapes: Record<string, Shape<unknown>> = {
  me: city.Me,
  alert: city.Alert,
  "alert-detail": city.AlertDetail,
  alerts: city.AlertPage,
  "alerts-empty": city.AlertPage,
  cameras: city.CameraList,
  event: city.FeedEvent,
  "event-camera": city.FeedEvent,
  "event-trust": city.FeedEvent,
  grids: city.GridCollection,
  "grids-none": city.GridCollection,
  fences: city.FenceCollection,
  editions: DraftList,
  locate: city.Place,
  "locate-nowhere": city.Place,
  precision: PrecisionList,
  problem: city.ProblemDocument,
  "problem-session": city.ProblemDocument,
  // Of no door: the words that the pages must know (see the tests that read it).
  vocabulary: raw(),
};

test("every sample has a shape, and every shape a sample", () => {
  expect(Object.keys(samples).map(nameOf).sort()).toEqual(Object.keys(shapes).sort());
});

for (const [path, sample] of Object.entries(samples)) {
  test(`the service's ${nameOf(path)} is as this app reads it, with no key unknown or missing`, () => {
    const shape = shapes[nameOf(path)];
    expect(shape?.read(sample, "", true)).toEqual(sample);
  });
}

function nameOf(path: string): string {
  return path.replace(/^.*\/|\.json$/g, "");
}
