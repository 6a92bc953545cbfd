import { type Hash, readId } from "../state/hash";

export const tabs = ["rules", "precision", "backtest"] as const;
export type Tab = (typeof tabs)[number];

/** What is looked at; all of it stands in the address. */
export interface RulesView {
  tab: Tab;
  rule: string | null;
  backtest: number | null;
}

export function readView(hash: Hash): RulesView {
  return {
    tab: tabs.find((tab) => tab === hash.tab) ?? "rules",
    rule: hash.rule ?? null,
    backtest: readId(hash.backtest),
  };
}

export function writeView({ tab, rule, backtest }: RulesView): Hash {
  return {
    tab: tab === "rules" ? "" : tab,
    rule: rule ?? "",
    backtest: tab === "backtest" ? String(backtest ?? "") : "",
  };
}
