import { expect, test } from "vitest";
import sample from "../../testdata/cameras.json" with { type: "json" };
import { type Camera, CameraList } from "../api/city";
import { troubles } from "./troubles";

const [camera] = CameraList.read(sample).items;
if (camera === undefined) throw new Error("the sample has no camera");
const at = (minute: number) => new Date(Date.parse("2026-11-22T02:00:00Z") + minute * 60_000).toISOString();
const aCamera = (id: string, changes: Partial<Camera>): Camera => ({
  ...camera,
  id,
  state: "online",
  condition: null,
  ...changes,
});
const moved = { code: "moved", view: null, since: at(5), reference_url: null, current_url: null };

test("cameras that cannot see stand before the operator, the newest first; those that can do not", () => {
  const found = troubles([
    aCamera("well", {}),
    aCamera("waiting", { state: "unknown" }),
    aCamera("dead", { state: "offline", state_since: at(1) }),
    aCamera("bumped", { condition: moved }),
  ]);
  expect(found.map(({ camera: { id }, code, since }) => [id, code, since])).toEqual([
    ["bumped", "moved", at(5)],
    ["dead", "offline", at(1)],
  ]);
});

test("a camera that is offline is offline, whatever its last picture was like", () => {
  const found = troubles([aCamera("dead", { state: "offline", state_since: at(9), condition: moved })]);
  expect(found.map(({ code, since }) => [code, since])).toEqual([["offline", at(9)]]);
});
