import type { Matter } from "./look";

/** The marks' shapes as paths in a square of 24 units, centred on 12,12: the same in lists, on the map, in legends. */
export const shapePath: Record<Matter, string> = {
  fire_lane: "M12 3.6 21.2 19.4H2.8Z",
  vending: "M12 3.4a8.6 8.6 0 1 1 0 17.2a8.6 8.6 0 1 1 0-17.2Z",
  debris: "M4.6 4.6H19.4V19.4H4.6Z",
  other: "M12 2.6 21.4 12 12 21.4 2.6 12Z",
  device: "M12 4.4a7.6 7.6 0 1 1 0 15.2a7.6 7.6 0 1 1 0-15.2Z",
};

/** The mark of camera health is hollow in every state. */
export function isHollow(matter: Matter): boolean {
  return matter === "device";
}

/** A tick inside the shape. The triangle's lies lower, where it has room. */
export const tickPath: Record<Matter, string> = {
  fire_lane: "M8.2 14.2 11 17l4.8-5.4",
  vending: "M8 12.2 11 15.2l5.2-6",
  debris: "M8 12.2 11 15.2l5.2-6",
  other: "M8.4 12.2 11 14.8l4.6-5.2",
  device: "M8.6 12.1 11 14.5l4.4-5",
};
