import type { Hours } from "../api/rules";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { crossesMidnight, isWindow, newWindow, type Window } from "./hours";

/** Opening hours as windows of the day on some days of the week. None is always. */
export function HoursField({ hours, onChange }: { hours: Hours; onChange(hours: Hours): void }) {
  const words = useWords();
  const w = words.draft;
  const windows = hours.windows ?? [];
  const put = (at: number, window: Window) =>
    onChange({ windows: windows.map((one, i) => (i === at ? window : one)) });
  return (
    <fieldset class="hours">
      <legend>{w.hours}</legend>
      {windows.length === 0 && <p class="quiet">{w.always}</p>}
      {windows.map((window, at) => (
        <div key={at} class="hours-window">
          <input
            value={window.from}
            aria-label={words.backtest.from}
            onInput={(event) => put(at, { ...window, from: event.currentTarget.value.trim() })}
          />
          –
          <input
            value={window.to}
            aria-label={words.backtest.until}
            onInput={(event) => put(at, { ...window, to: event.currentTarget.value.trim() })}
          />
          <span class="hours-days">
            {w.days.map((day, n) => (
              <button
                key={day}
                type="button"
                aria-pressed={(window.days ?? []).includes(n)}
                onClick={() => put(at, { ...window, days: toggled(window.days ?? [], n) })}
              >
                {day}
              </button>
            ))}
          </span>
          <button
            type="button"
            class="tool"
            aria-label={w.removeWindow}
            title={w.removeWindow}
            onClick={() => {
              const left = windows.filter((_, i) => i !== at);
              onChange(left.length === 0 ? {} : { windows: left });
            }}
          >
            <Icon name="close" size={16} />
          </button>
          <span class="quiet hours-say">
            {!isWindow(window)
              ? w.badClock
              : `${(window.days ?? []).length === 0 ? w.everyDay : ""} ${crossesMidnight(window) ? `→ ${w.overnight}` : ""}`}
          </span>
        </div>
      ))}
      <button
        type="button"
        class="link-button"
        onClick={() => onChange({ windows: [...windows, newWindow] })}
      >
        {w.addWindow}
      </button>
    </fieldset>
  );
}

function toggled(days: readonly number[], day: number): number[] {
  return days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort();
}
