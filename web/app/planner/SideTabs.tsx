import { useWords } from "../i18n/language";
import { type Tab, tabs } from "./view";

/** What the left side lists. */
export function SideTabs({ tab, onTab }: { tab: Tab; onTab(tab: Tab): void }) {
  const w = useWords().planner;
  return (
    <div class="tabs side-tabs" role="tablist">
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          class="tab"
          data-tab={one}
          aria-selected={tab === one}
          onClick={() => onTab(one)}
        >
          {w.tab[one]}
        </button>
      ))}
    </div>
  );
}
