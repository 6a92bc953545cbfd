import type { Ref } from "preact";
import { type Filter, inPhase, phases } from "../alerts/filter";
import { type Matter, matterOf, matters } from "../alerts/look";
import type { Alert } from "../api/city";
import { useWords } from "../i18n/language";
import { Mark } from "../parts/Mark";
import { SearchBox } from "../parts/SearchBox";

interface Props {
  alerts: readonly Alert[];
  filter: Filter;
  onFilter(filter: Filter): void;
  search: Ref<HTMLInputElement>;
  onKeys(): void;
}

/** Offered while there is something of it. */
const seldom: readonly Matter[] = ["other", "device"];

export function Filters({ alerts, filter, onFilter, search, onKeys }: Props) {
  const words = useWords();
  const present = matters.filter(
    (matter) => !seldom.includes(matter) || alerts.some((alert) => matterOf(alert) === matter),
  );
  return (
    <div class="filters">
      <div class="filters-phases" role="tablist" aria-label={words.centre.title}>
        {phases.map((phase) => (
          <button
            key={phase}
            type="button"
            role="tab"
            class="phase"
            aria-selected={filter.phase === phase}
            onClick={() => onFilter({ ...filter, phase })}
          >
            {words.centre.phase[phase]}
            <span class="phase-count">{alerts.filter((alert) => inPhase(alert, phase)).length}</span>
          </button>
        ))}
      </div>
      <div class="filters-matters">
        {present.map((matter) => (
          <button
            key={matter}
            type="button"
            class="matter"
            aria-label={words.matter[matter]}
            title={words.matter[matter]}
            aria-pressed={!filter.hidden.includes(matter)}
            onClick={() => onFilter({ ...filter, hidden: toggled(filter.hidden, matter) })}
          >
            <Mark matter={matter} stage="new" escalated={false} size={16} />
            <span>{words.matter[matter]}</span>
          </button>
        ))}
      </div>
      <SearchBox
        text={filter.text}
        label={words.centre.search}
        input={search}
        onText={(text) => onFilter({ ...filter, text })}
      >
        <button
          type="button"
          class="search-keys"
          onClick={onKeys}
          aria-label={words.keys.title}
          title={words.keys.title}
        >
          <kbd>?</kbd>
        </button>
      </SearchBox>
    </div>
  );
}

function toggled(hidden: readonly Matter[], matter: Matter): Matter[] {
  return hidden.includes(matter) ? hidden.filter((one) => one !== matter) : [...hidden, matter];
}
