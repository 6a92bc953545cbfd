import type { Alert } from "../api/city";

export const slots = 48;
export const slotMs = 30 * 60_000;

export interface Slot {
  /** When the half hour begins. */
  from: number;
  alerts: Alert[];
}

/** The alerts of the last day by half hours of the clock, the oldest first; the last one is still running. */
export function perSlot(alerts: readonly Alert[], now: number): Slot[] {
  const last = Math.floor(now / slotMs) * slotMs;
  const first = last - (slots - 1) * slotMs;
  const result = Array.from({ length: slots }, (_, i): Slot => ({ from: first + i * slotMs, alerts: [] }));
  for (const alert of alerts) {
    result[Math.floor((Date.parse(alert.raised_at) - first) / slotMs)]?.alerts.push(alert);
  }
  return result;
}
