import { matterOf, matters } from "../alerts/look";
import type { Alert } from "../api/city";
import { useWords } from "../i18n/language";
import { clockTime, hourOf } from "../i18n/time";
import { perSlot, slotMs, slots } from "./day";

/** The last day in half hours, stacked by matter: when it was busy, and whether it is now. */
export function DayBars({ alerts, now }: { alerts: readonly Alert[]; now: number }) {
  const words = useWords();
  const days = perSlot(alerts, now);
  const most = Math.max(4, ...days.map((slot) => slot.alerts.length));
  return (
    <section class="day" aria-label={words.centre.day}>
      <h2 class="day-title">{words.centre.day}</h2>
      <div class="day-bars">
        {days.map((slot, i) => (
          <div
            key={slot.from}
            class={i === slots - 1 ? "day-slot day-now" : "day-slot"}
            title={words.centre.dayBar(clockTime(slot.from).slice(0, 5), slot.alerts.length)}
          >
            {matters.map((matter) => {
              const n = slot.alerts.filter((alert) => matterOf(alert) === matter).length;
              return n === 0 ? null : (
                <span
                  key={matter}
                  class="day-part"
                  style={{ height: `${(n / most) * 100}%`, background: `var(--${matter})` }}
                />
              );
            })}
          </div>
        ))}
      </div>
      <div class="day-hours" aria-hidden="true">
        {days.map((slot) => {
          const hour = hourOf(slot.from);
          const whole = new Date(slot.from).getMinutes() < slotMs / 60_000 && hour % 3 === 0;
          return <span key={slot.from}>{whole ? `${String(hour).padStart(2, "0")}:00` : ""}</span>;
        })}
      </div>
    </section>
  );
}
