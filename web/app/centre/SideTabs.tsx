import { useWords } from "../i18n/language";
import { type Side, sides } from "./view";

/** What stands beside the map: the alerts, what dwells, or why there was no alert. */
export function SideTabs({ side, onSide }: { side: Side; onSide(side: Side): void }) {
  const words = useWords();
  return (
    <div class="side-tabs" role="tablist">
      {sides.map((one, i) => (
        <button
          key={one}
          type="button"
          role="tab"
          class="side-tab"
          data-side={one}
          aria-selected={one === side}
          title={`${words.side[one]} (${i + 1})`}
          onClick={() => onSide(one)}
        >
          {words.side[one]}
        </button>
      ))}
    </div>
  );
}
