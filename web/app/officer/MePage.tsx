import { useState } from "preact/hooks";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { otherLanguage, useWords } from "../i18n/language";
import { signOut } from "../parts/Account";
import { Icon } from "../parts/Icon";
import { Failure } from "../parts/Notice";
import { useValue } from "../state/hooks";
import type { Value } from "../state/value";
import { otherTheme, theme } from "../theme/theme";
import { locating } from "./position";
import { vibration } from "./vibration";

/** Who I am, what I answer for, and what this phone may do. */
export function MePage({ api, me, denied }: { api: Api; me: Me; denied: boolean }) {
  const words = useWords();
  const w = words.officer.me;
  const dark = useValue(theme) === "dark";
  const [error, setError] = useState<unknown>(null);
  return (
    <div class="me">
      <section class="me-who">
        <span class="avatar" aria-hidden="true">
          {[...me.name][0]}
        </span>
        <div>
          <h2>{me.name}</h2>
          <p class="quiet">
            {words.role[me.role]} · {me.district.name}
          </p>
        </div>
      </section>
      <section class="me-block">
        <h2>{w.beats}</h2>
        {me.beats.length === 0 && <p class="quiet">{words.officer.noBeatHint}</p>}
        {me.beats.map((beat) => (
          <details key={beat.id}>
            <summary>
              {beat.name}
              <span class="quiet">{w.grids(beat.grids.length)}</span>
            </summary>
            <ul class="me-grids">
              {beat.grids.map((grid) => (
                <li key={`${grid.net} ${grid.code}`}>
                  {grid.name}
                  <span class="quiet code">{grid.code}</span>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </section>
      <section class="me-block">
        <OnOff value={locating} label={w.location} hint={denied ? w.locationDenied : w.locationHint} />
        <OnOff value={vibration} label={w.vibrate} hint={w.vibrateHint} />
        <Switch label={w.theme} on={dark} onClick={otherTheme} />
        <button type="button" class="me-line" onClick={otherLanguage}>
          <span>{w.language}</span>
          <span class="me-value">{words.switchTo}</span>
        </button>
      </section>
      {error !== null && <Failure error={error} />}
      <button type="button" class="button me-out" onClick={() => void signOut(api).catch(setError)}>
        <Icon name="out" />
        {words.account.signOut}
      </button>
    </div>
  );
}

function OnOff({ value, label, hint }: { value: Value<"on" | "off">; label: string; hint: string }) {
  const on = useValue(value) === "on";
  return <Switch label={label} hint={hint} on={on} onClick={() => value.set(on ? "off" : "on")} />;
}

function Switch({
  label,
  hint,
  on,
  onClick,
}: {
  label: string;
  hint?: string;
  on: boolean;
  onClick(): void;
}) {
  return (
    <button type="button" role="switch" aria-checked={on} class="me-line" onClick={onClick}>
      <span>
        {label}
        {hint !== undefined && <span class="quiet">{hint}</span>}
      </span>
      <span class="switch" aria-hidden="true" />
    </button>
  );
}
