import { expect, test } from "vitest";
import cameras from "../../testdata/cameras.json" with { type: "json" };
import { snapshot } from "../alerts/book";
import { anAlert } from "../alerts/sample";
import { CameraList } from "../api/city";
import { count } from "./counts";
import { perSlot, slotMs, slots } from "./day";

const midnight = Date.parse("2026-11-22T00:00:00+08:00");
const at = (hour: number, minute = 0) => new Date(midnight + (hour * 60 + minute) * 60_000).toISOString();
const now = Date.parse(at(14, 10));

test("the header counts today, what waits, what is underway, and the cameras that see", () => {
  const book = snapshot(
    [
      anAlert({ id: 1, state: "raised", handling: "new", raised_at: at(14) }),
      anAlert({ id: 2, state: "escalated", handling: "arrived", raised_at: at(9) }),
      anAlert({ id: 3, state: "cleared", handling: "new", raised_at: at(1) }),
      anAlert({ id: 4, state: "raised", handling: "new", raised_at: at(-2) }),
    ],
    1,
  );
  const [camera] = CameraList.read(cameras).items;
  if (camera === undefined) throw new Error("the sample has no camera");
  const states = ["online", "offline", "unknown", "online"] as const;
  expect(
    count(
      book,
      states.map((state) => ({ ...camera, state })),
      now,
    ),
  ).toEqual({
    today: 3,
    waiting: 2,
    underway: 1,
    online: 2,
    cameras: 4,
  });
});

test("the day is 48 half hours of the clock, the last one running", () => {
  const alerts = [
    anAlert({ id: 1, raised_at: at(14, 5) }),
    anAlert({ id: 2, raised_at: at(13, 59) }),
    anAlert({ id: 3, raised_at: at(-11) }),
  ];
  const day = perSlot(alerts, now);
  expect(day).toHaveLength(slots);
  expect(day.at(-1)).toEqual({ from: Date.parse(at(14)), alerts: [alerts[0]] });
  expect(day.at(-2)?.alerts).toEqual([alerts[1]]);
  expect(day[0]?.from).toBe((day.at(-1)?.from ?? 0) - (slots - 1) * slotMs);
  expect(day.flatMap((slot) => slot.alerts)).not.toContain(alerts[2]);
});
