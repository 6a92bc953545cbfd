import { type Hash, readId } from "../state/hash";

export const tabs = ["alerts", "map", "me"] as const;
export type Tab = (typeof tabs)[number];

/** What the officer looks at; the phone's own back button leaves an alert. */
export interface OfficerView {
  tab: Tab;
  alert: number | null;
}

export function readView(hash: Hash): OfficerView {
  return { tab: tabs.find((tab) => tab === hash.tab) ?? "alerts", alert: readId(hash.alert) };
}

export function writeView({ tab, alert }: OfficerView): Hash {
  return { tab: tab === "alerts" ? "" : tab, alert: alert === null ? "" : String(alert) };
}
