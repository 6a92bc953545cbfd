import { useWords } from "../i18n/language";
import { Tabs } from "../parts/Tabs";
import { type Tab, tabs } from "./view";

/** What the left side lists. */
export function SideTabs({ tab, onTab }: { tab: Tab; onTab(tab: Tab): void }) {
  const w = useWords().planner;
  return <Tabs tabs={tabs} chosen={tab} label={(one) => w.tab[one]} onChoose={onTab} />;
}
