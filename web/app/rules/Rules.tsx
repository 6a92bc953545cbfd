import { useMemo, useState } from "preact/hooks";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { AccountMenu, LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Failure, Skeleton } from "../parts/Notice";
import { Tabs } from "../parts/Tabs";
import { DemoTag } from "../parts/Tags";
import { readHash } from "../state/hash";
import { useAddress, useSlow, useValue } from "../state/hooks";
import { BacktestTab } from "./BacktestTab";
import { linesOf } from "./draft";
import { draft } from "./kept";
import { PrecisionTab } from "./PrecisionTab";
import { RulesTab } from "./RulesTab";
import { useInForce } from "./useInForce";
import { type RulesView, readView, tabs, writeView } from "./view";

export function Rules({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const w = words.rules;
  const [view, setView] = useState<RulesView>(() => readView(readHash(location.hash)));
  const [inForce, reload] = useInForce(api);
  const slow = useSlow(inForce.phase === "loading");
  const drafted = useValue(draft);
  const lines = useMemo(
    () =>
      inForce.phase === "ready"
        ? linesOf(drafted, { rules: inForce.rules.items, fences: inForce.fences })
        : [],
    [drafted, inForce],
  );
  const admin = me.role === "administrator";
  const go = (to: Partial<RulesView>) => setView((before) => ({ ...before, ...to }));

  useAddress(writeView(view), (hash) => setView(readView(hash)));

  return (
    <div class="rules">
      <header class="bar">
        <div class="brand">
          <img src="/mark.svg" width="28" height="28" alt="" />
          <h1>
            {w.title}
            <span class="bar-district">{me.district.name}</span>
          </h1>
          {me.demo && <DemoTag />}
        </div>
        <Tabs
          look="rules-tab"
          tabs={tabs}
          chosen={view.tab}
          label={(tab) => (
            <>
              {w.tab[tab]}
              {tab === "backtest" && lines.length > 0 && <span class="rules-count">{lines.length}</span>}
            </>
          )}
          onChoose={(tab) => go({ tab })}
        />
        <nav class="bar-nav">
          <a href="/centre/">{words.nav.centre}</a>
          {admin && <a href="/cameras/">{words.nav.cameras}</a>}
        </nav>
        <div class="bar-tools">
          <ThemeSwitch />
          <LanguageSwitch />
          <AccountMenu me={me} api={api} />
        </div>
      </header>
      {inForce.phase === "failed" && <Failure error={inForce.error} onRetry={reload} />}
      {inForce.phase === "loading" && slow && <Skeleton rows={8} height={56} />}
      {inForce.phase === "ready" && (
        <main class="rules-main">
          {view.tab === "rules" && (
            <RulesTab
              rules={inForce.rules}
              fences={inForce.fences}
              chosen={view.rule}
              admin={admin}
              lines={lines}
              onChoose={(rule) => go({ rule })}
              onBacktest={() => go({ tab: "backtest" })}
            />
          )}
          {view.tab === "precision" && (
            <PrecisionTab
              api={api}
              rules={inForce.rules}
              admin={admin}
              onRule={(rule) => go({ tab: "rules", rule })}
            />
          )}
          {view.tab === "backtest" && (
            <BacktestTab
              api={api}
              inForce={inForce}
              lines={lines}
              admin={admin}
              chosen={view.backtest}
              onChoose={(backtest) => go({ backtest })}
              onRules={() => go({ tab: "rules" })}
              onPublished={reload}
            />
          )}
        </main>
      )}
    </div>
  );
}
