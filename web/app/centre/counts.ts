import type { Book } from "../alerts/book";
import { isUnderway, isWaiting } from "../alerts/look";
import type { Camera } from "../api/city";
import { startOfDay } from "../i18n/time";

/** The figures in the header. */
export interface Counts {
  today: number;
  waiting: number;
  underway: number;
  online: number;
  cameras: number;
}

export function count(book: Book, cameras: readonly Camera[], now: number): Counts {
  const midnight = startOfDay(now);
  const alerts = [...book.byId.values()];
  return {
    today: alerts.filter((alert) => Date.parse(alert.raised_at) >= midnight).length,
    waiting: alerts.filter(isWaiting).length,
    underway: alerts.filter(isUnderway).length,
    online: cameras.filter(({ state }) => state === "online").length,
    cameras: cameras.length,
  };
}
