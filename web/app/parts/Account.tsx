import { useEffect, useRef, useState } from "preact/hooks";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { otherLanguage, useWords } from "../i18n/language";
import { useValue } from "../state/hooks";
import { forgetKept } from "../state/kept";
import { otherTheme, theme } from "../theme/theme";
import { Icon } from "./Icon";

export function LanguageSwitch() {
  const words = useWords();
  return (
    <button type="button" class="tool tool-words" onClick={otherLanguage} aria-label={words.switchTo}>
      <Icon name="globe" />
      <span>{words.switchTo}</span>
    </button>
  );
}

export function ThemeSwitch() {
  const words = useWords();
  const dark = useValue(theme) === "dark";
  const label = dark ? words.account.light : words.account.dark;
  return (
    <button type="button" class="tool" onClick={otherTheme} aria-label={label} title={label}>
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}

/** Ends the session and goes to the login page; without an answer the cookie may live on, so the page stays. */
export async function signOut(api: Api): Promise<void> {
  await api.signOut();
  await forgetKept();
  location.assign("/login/");
}

export function AccountMenu({ me, api }: { me: Me; api: Api }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (
        event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)
      ) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);

  return (
    <div class="account" ref={box}>
      <button
        type="button"
        class="tool tool-words"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={words.account.menu}
        onClick={() => setOpen(!open)}
      >
        <span class="avatar" aria-hidden="true">
          {[...me.name][0]}
        </span>
        <span class="account-name">{me.name}</span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <div class="menu" role="menu">
          <div class="menu-head">
            <strong>{me.name}</strong>
            <span>
              {words.role[me.role]} · {me.username}
            </span>
          </div>
          <button
            type="button"
            role="menuitem"
            class="menu-item"
            onClick={() => signOut(api).catch(() => setFailed(true))}
          >
            <Icon name="out" />
            {words.account.signOut}
          </button>
          {failed && <p class="menu-failed">{words.failure.unreachable}</p>}
        </div>
      )}
    </div>
  );
}
