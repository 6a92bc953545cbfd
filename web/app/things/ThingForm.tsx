import type { ComponentChildren } from "preact";
import { useWords } from "../i18n/language";
import { Failure } from "../parts/Notice";
import { type Faults, faultsOf, noFaults } from "./faults";
import "./form.css";

/** What every form of a drawn thing is told. */
export interface FormProps {
  state: "idle" | "busy" | "saved";
  /** Why it was not saved. What a field can be blamed for stands at the field. */
  trouble: unknown;
  changed: boolean;
  onRemove(): void;
  onUndo(): void;
}

interface Props extends FormProps {
  what: "fence" | "permit" | "place";
  /** The city has it already: it can be removed, and saved only when it was changed. */
  known: boolean;
  good: boolean;
  /** What is said until it is good. */
  fill?: string;
  onSave(): void;
  /** The fields, which say themselves what they are blamed for. */
  children(told: Faults): ComponentChildren;
}

/** The form of a drawn thing: its fields, and what ends it: save, undo, remove. */
export function ThingForm({
  what,
  known,
  good,
  fill = "",
  state,
  trouble,
  changed,
  onSave,
  onRemove,
  onUndo,
  children,
}: Props) {
  const words = useWords();
  const w = words.setup;
  const faults = faultsOf(trouble, words);
  return (
    <form
      class="thing-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (good) onSave();
      }}
    >
      {children(faults ?? noFaults)}
      {trouble !== null && faults === null && <Failure error={trouble} small />}
      <div class="save-bar">
        <button
          type="submit"
          class="button button-primary"
          data-do={`save-${what}`}
          disabled={!good || state === "busy" || (!changed && known)}
        >
          {state === "busy" ? w.saving : w.save}
        </button>
        <button type="button" class="button" disabled={!changed} onClick={onUndo}>
          {w.undo}
        </button>
        <button type="button" class="button button-bad" data-do={`remove-${what}`} onClick={onRemove}>
          {known ? w.remove : w.cancel}
        </button>
        <span class="save-state" role="status">
          {state === "saved" ? w.saved : good ? "" : fill}
        </span>
      </div>
    </form>
  );
}
