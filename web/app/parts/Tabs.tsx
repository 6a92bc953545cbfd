import type { ComponentChildren } from "preact";

interface Props<T extends string> {
  tabs: readonly T[];
  chosen: T;
  /** How it is drawn: the class of each tab, and in the plural of their row. */
  look?: string;
  label(tab: T): ComponentChildren;
  title?(tab: T, place: number): string;
  onChoose(tab: T): void;
}

/** A row of tabs, of which one is chosen. */
export function Tabs<T extends string>({ tabs, chosen, look = "tab", label, title, onChoose }: Props<T>) {
  return (
    <div class={look.replace(/tab$/, "tabs")} role="tablist">
      {tabs.map((tab, place) => (
        <button
          key={tab}
          type="button"
          role="tab"
          class={look}
          data-tab={tab}
          aria-selected={tab === chosen}
          title={title?.(tab, place)}
          onClick={() => onChoose(tab)}
        >
          {label(tab)}
        </button>
      ))}
    </div>
  );
}
