import type { CameraChange } from "../api/setup";
import { useWords } from "../i18n/language";
import { Failure } from "../parts/Notice";

/** What is saved of a view: the rest of it stays as it is. */
export type ViewChange = Partial<NonNullable<CameraChange["views"]>[number]>;

export interface Saving {
  state: "idle" | "busy" | "saved" | "failed";
  error: unknown;
  save(change: ViewChange): void;
}

interface Props {
  saving: Saving;
  changed: boolean;
  good: boolean;
  onUndo(): void;
  onDiscard(): void;
  onSave(): void;
}

export function SaveBar({ saving, changed, good, onUndo, onDiscard, onSave }: Props) {
  const w = useWords().setup;
  return (
    <div class="save-bar">
      <button
        type="button"
        class="button button-primary"
        disabled={!changed || !good || saving.state === "busy"}
        onClick={onSave}
      >
        {saving.state === "busy" ? w.saving : w.save}
      </button>
      <button type="button" class="button" disabled={!changed} onClick={onUndo}>
        {w.undo} <kbd>Ctrl Z</kbd>
      </button>
      <button type="button" class="button" disabled={!changed} onClick={onDiscard}>
        {w.discard}
      </button>
      <span class="save-state" role="status">
        {changed ? w.unsaved : saving.state === "saved" ? w.saved : ""}
      </span>
      {saving.state === "failed" && <Failure error={saving.error} small />}
    </div>
  );
}
