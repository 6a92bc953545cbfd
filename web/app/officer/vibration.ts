import { remembered } from "../state/remembered";

export const vibration = remembered<"on" | "off">("gridwatch.vibration", "on", ["on", "off"]);

/** Two strokes. Phones without a motor, and browsers before the first touch of the page, stay still. */
export function vibrate(): void {
  if (vibration.get() === "on") navigator.vibrate?.([180, 90, 180]);
}
