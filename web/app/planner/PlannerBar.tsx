import { useState } from "preact/hooks";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { calendarDate } from "../i18n/time";
import { AccountMenu, LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Icon } from "../parts/Icon";
import { DemoTag } from "../parts/Tags";
import { Connect } from "./Connect";

interface Props {
  api: Api;
  me: Me;
  day: string | null;
  /** The edition that is open: it has no day. */
  draft: number | null;
  onDay(day: string | null): void;
  onSide(): void;
}

export function PlannerBar({ api, me, day, draft, onDay, onSide }: Props) {
  const words = useWords();
  const [connecting, setConnecting] = useState(false);
  return (
    <header class="bar">
      <button type="button" class="tool side-switch" aria-label={words.planner.editions} onClick={onSide}>
        <Icon name="list" />
      </button>
      <div class="brand">
        <img src="/mark.svg" width="28" height="28" alt="" />
        <h1>
          {words.planner.title}
          <span class="bar-district">{me.district.name}</span>
        </h1>
        {me.demo && <DemoTag />}
      </div>
      <span class="bar-room" />
      {draft === null && <DayPicker day={day} onDay={onDay} />}
      <div class="bar-tools">
        <button
          type="button"
          class="button bar-connect"
          title={words.connect.open}
          onClick={() => setConnecting(true)}
        >
          GIS
        </button>
        <ThemeSwitch />
        <LanguageSwitch />
        <AccountMenu me={me} api={api} />
      </div>
      {connecting && <Connect draft={draft} onClose={() => setConnecting(false)} />}
    </header>
  );
}

function DayPicker({ day, onDay }: { day: string | null; onDay(day: string | null): void }) {
  const words = useWords();
  const today = calendarDate(Date.now());
  return (
    <div class="day-picker">
      <label for="day">{words.planner.asOf}</label>
      <input
        id="day"
        type="date"
        value={day ?? today}
        onChange={(event) =>
          onDay(["", today].includes(event.currentTarget.value) ? null : event.currentTarget.value)
        }
      />
      {day !== null && (
        <button type="button" class="button" onClick={() => onDay(null)}>
          {words.planner.today}
        </button>
      )}
    </div>
  );
}
