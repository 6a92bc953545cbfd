import type { Phase } from "../alerts/filter";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { AccountMenu, LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Icon } from "../parts/Icon";
import { LinkDot } from "../parts/LinkDot";
import { DemoTag } from "../parts/Tags";
import type { LinkState } from "../push/link";
import { useValue } from "../state/hooks";
import type { Counts } from "./counts";
import { sound, switchSound } from "./sound";

interface Props {
  me: Me;
  api: Api;
  link: LinkState;
  asOf: number;
  counts: Counts;
  phase: Phase;
  onPhase(phase: Phase): void;
}

export function HeaderBar({ me, api, link, asOf, counts, phase, onPhase }: Props) {
  const words = useWords();
  const w = words.centre;
  return (
    <header class="bar">
      <div class="brand">
        <img src="/mark.svg" width="28" height="28" alt="" />
        <h1>
          {words.product}
          <span class="bar-district">{me.district.name}</span>
        </h1>
        {me.demo && <DemoTag />}
      </div>
      <LinkDot state={link} asOf={asOf} />
      <div class="bar-counts">
        <Count
          label={w.today}
          hint={w.todayHint}
          value={counts.today}
          pressed={false}
          onClick={() => onPhase("all")}
        />
        <Count
          label={w.waiting}
          value={counts.waiting}
          urgent={counts.waiting > 0}
          pressed={phase === "waiting"}
          onClick={() => onPhase(phase === "waiting" ? "all" : "waiting")}
        />
        <Count
          label={w.underway}
          value={counts.underway}
          pressed={phase === "underway"}
          onClick={() => onPhase(phase === "underway" ? "all" : "underway")}
        />
        <div class="count" title={w.camerasHint}>
          <span class="count-label">{w.cameras}</span>
          <span class="count-value">
            <span class={counts.online < counts.cameras ? "count-short" : ""}>{counts.online}</span>
            <span class="count-of">/{counts.cameras}</span>
          </span>
        </div>
      </div>
      <nav class="bar-nav">
        <a href="/rules/" title={words.rules.title}>
          {words.nav.rules}
        </a>
        {me.role === "administrator" && <a href="/cameras/">{words.nav.cameras}</a>}
      </nav>
      <div class="bar-tools">
        <SoundSwitch />
        <ThemeSwitch />
        <LanguageSwitch />
        <AccountMenu me={me} api={api} />
      </div>
    </header>
  );
}

interface CountProps {
  label: string;
  hint?: string;
  value: number;
  urgent?: boolean;
  pressed: boolean;
  onClick(): void;
}

function Count({ label, hint, value, urgent = false, pressed, onClick }: CountProps) {
  return (
    <button
      type="button"
      class={urgent ? "count count-urgent" : "count"}
      aria-pressed={pressed}
      onClick={onClick}
      {...(hint === undefined ? {} : { title: hint })}
    >
      <span class="count-label">{label}</span>
      <span class="count-value">{value}</span>
    </button>
  );
}

function SoundSwitch() {
  const words = useWords();
  const on = useValue(sound) === "on";
  const label = on ? words.centre.soundOn : words.centre.soundOff;
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={on}
      aria-label={label}
      title={`${label} · ${words.centre.soundHint}`}
      onClick={switchSound}
    >
      <Icon name={on ? "sound" : "muted"} />
    </button>
  );
}
