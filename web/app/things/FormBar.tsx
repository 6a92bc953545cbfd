import { useWords } from "../i18n/language";
import { Failure } from "../parts/Notice";
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
  /** Some field says what the trouble is. */
  blamed: boolean;
}

/** What ends the form of a drawn thing: save, undo, remove. */
export function FormBar({
  what,
  known,
  good,
  fill = "",
  state,
  trouble,
  changed,
  blamed,
  onRemove,
  onUndo,
}: Props) {
  const w = useWords().setup;
  return (
    <>
      {trouble !== null && !blamed && <Failure error={trouble} small />}
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
    </>
  );
}
