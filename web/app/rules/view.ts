import type { Hash } from "../state/hash";

export const tabs = ["rules", "precision", "backtest"] as const;
export type Tab = (typeof tabs)[number];

/** What is looked at; all of it stands in the address. */
export interface RulesView {
  tab: Tab;
  rule: string | null;
  backtest: string | null;
}

export function readView(hash: Hash): RulesView {
  return {
    tab: tabs.find((tab) => tab === hash.tab) ?? "rules",
    rule: hash.rule ?? null,
    backtest: hash.backtest ?? null,
  };
}

export function writeView({ tab, rule, backtest }: RulesView): Hash {
  return {
    tab: tab === "rules" ? "" : tab,
    rule: rule ?? "",
    backtest: tab === "backtest" ? (backtest ?? "") : "",
  };
}
