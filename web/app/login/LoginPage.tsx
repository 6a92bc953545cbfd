import { useEffect, useRef, useState } from "preact/hooks";
import { Api } from "../api/client";
import { explain } from "../api/explain";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Icon } from "../parts/Icon";
import { useNow } from "../state/hooks";
import { forgetKept } from "../state/kept";
import { destination } from "./after";

const api = new Api();

type Trouble = { kind: "missing" } | { kind: "failed"; error: unknown; at: number };

export function LoginPage() {
  const words = useWords();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const [open, setOpen] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const username = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = `${words.login.title} · ${words.productLong}`;
  }, [words]);
  useEffect(() => username.current?.focus(), []);

  const waitS = trouble?.kind === "failed" ? secondsLeft(trouble.error, trouble.at, now) : 0;

  async function submit(event: Event) {
    event.preventDefault();
    const name = username.current?.value.trim() ?? "";
    const secret = password.current?.value ?? "";
    if (name === "" || secret === "") {
      setTrouble({ kind: "missing" });
      return;
    }
    setBusy(true);
    setTrouble(null);
    try {
      await api.signIn(name, secret);
      await forgetKept();
      const me = await api.me();
      location.replace(destination(location, me.role));
    } catch (error) {
      setTrouble({ kind: "failed", error, at: Date.now() });
      setBusy(false);
      password.current?.select();
    }
  }

  return (
    <div class="login">
      <div class="login-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <form class="login-card" ref={form} onSubmit={submit} noValidate>
        <div class="login-head">
          <img src="/mark.svg" width="56" height="56" alt="" />
          <div>
            <h1>{words.product}</h1>
            <p>{words.city}</p>
          </div>
        </div>
        <p class="login-lead">{words.login.lead}</p>
        <div class="field">
          <label for="username">{words.login.username}</label>
          <input
            id="username"
            name="username"
            ref={username}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
        </div>
        <div class="field">
          <label for="password">{words.login.password}</label>
          <div class="field-box">
            <input
              id="password"
              name="password"
              ref={password}
              {...(open ? { type: "text" } : { type: "password" })}
              autocomplete="current-password"
            />
            <button
              type="button"
              class="tool"
              aria-pressed={open}
              aria-label={open ? words.login.hide : words.login.show}
              title={open ? words.login.hide : words.login.show}
              onClick={() => setOpen(!open)}
            >
              <Icon name="eye" />
            </button>
          </div>
        </div>
        <div class="login-trouble" aria-live="assertive">
          {trouble !== null && !(throttled(trouble) && waitS === 0) && (
            <LoginTrouble trouble={trouble} waitS={waitS} />
          )}
        </div>
        <button type="submit" class="button button-primary login-submit" disabled={busy || waitS > 0}>
          {busy ? words.login.busy : words.login.submit}
        </button>
      </form>
    </div>
  );
}

function LoginTrouble({ trouble, waitS }: { trouble: Trouble; waitS: number }) {
  const words = useWords();
  const { what, safe } = wordsFor();
  return (
    <div class="failure">
      <Icon name="warning" size={20} />
      <div class="failure-words">
        <p class="failure-what">{what}</p>
        {safe !== "" && <p class="failure-safe">{safe}</p>}
      </div>
    </div>
  );

  function wordsFor() {
    const w = words.login;
    if (trouble.kind === "missing") return { what: w.missing, safe: "" };
    const { error } = trouble;
    if (error instanceof Problem && error.status === 401) return { what: w.wrong, safe: w.wrongSafe };
    if (error instanceof Problem && error.status === 429)
      return { what: w.throttled(waitS), safe: w.throttledSafe };
    return explain(error, words);
  }
}

function throttled(trouble: Trouble): boolean {
  return trouble.kind === "failed" && trouble.error instanceof Problem && trouble.error.status === 429;
}

/** Seconds until the service listens again; 0 when it does now. */
function secondsLeft(error: unknown, at: number, now: number): number {
  if (!(error instanceof Problem) || error.status !== 429) return 0;
  const waited = Math.max(0, now - at) / 1000;
  return Math.max(0, Math.ceil((error.retryAfterS ?? 60) - waited));
}
