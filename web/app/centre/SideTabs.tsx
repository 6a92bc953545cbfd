import { useWords } from "../i18n/language";
import { Tabs } from "../parts/Tabs";
import { type Side, sides } from "./view";

/** What stands beside the map: the alerts, what dwells, or why there was no alert. */
export function SideTabs({ side, onSide }: { side: Side; onSide(side: Side): void }) {
  const words = useWords();
  return (
    <Tabs
      look="side-tab"
      tabs={sides}
      chosen={side}
      label={(one) => words.side[one]}
      title={(one, place) => `${words.side[one]} (${place + 1})`}
      onChoose={onSide}
    />
  );
}
