import { useEffect, useState } from "preact/hooks";
import type { Trust } from "../api/city";
import { Api } from "../api/client";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Empty, Failure } from "../parts/Notice";
import { Tabs } from "../parts/Tabs";
import { inPairs, type System, systemOf, systems } from "./system";

const api = new Api();

/** How a device learns to trust the certificate that the bureau made itself. It needs no session. */
export function TrustPage() {
  const words = useWords();
  const w = words.trust;
  const [trust, setTrust] = useState<Trust | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [system, setSystem] = useState<System>(() => systemOf(navigator.userAgent, navigator.maxTouchPoints));

  const load = () => {
    setError(null);
    api.trust().then(setTrust, setError);
  };
  useEffect(load, []);
  useEffect(() => {
    document.title = `${w.title} · ${words.product}`;
  }, [words]);

  return (
    <main class="trust">
      <header class="trust-head">
        <img src="/mark.svg" width="40" height="40" alt="" />
        <span class="trust-tools">
          <LanguageSwitch />
          <ThemeSwitch />
        </span>
      </header>
      {error instanceof Problem && error.status === 404 ? (
        <Empty title={w.none} hint={w.noneHint} />
      ) : error !== null ? (
        <Failure error={error} onRetry={load} />
      ) : (
        <>
          <h1>{w.title}</h1>
          <p class="trust-lead">{w.lead}</p>
          <section class="trust-block">
            <h2>{w.compare}</h2>
            <dl class="trust-facts">
              <dt>{w.name}</dt>
              <dd>{trust?.name ?? "…"}</dd>
              <dt>{w.fingerprint}</dt>
              <dd class="code">{trust === null ? "…" : inPairs(trust.sha256)}</dd>
            </dl>
            <p class="quiet">
              {w.compareHint} {trust !== null && w.until(trust.not_after.slice(0, 10))}
            </p>
          </section>
          <Tabs
            tabs={systems}
            chosen={system}
            look="trust-tab"
            label={(one) => w.system[one]}
            onChoose={setSystem}
          />
          <ol class="trust-steps">
            {w.steps[system].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <div class="trust-acts">
            <a class="button button-primary" href="/trust/authority.crt" download="gridwatch.crt">
              {w.download}
            </a>
            <a class="button" href="/login/">
              {w.open}
            </a>
          </div>
          <p class="quiet">{w.openHint}</p>
        </>
      )}
    </main>
  );
}
