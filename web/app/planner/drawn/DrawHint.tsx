import { useWords } from "../../i18n/language";
import type { ThingKind } from "../../map/things";
import type { DrawnBench } from "./useDrawnBench";

interface Props {
  kind: ThingKind;
  bench: DrawnBench<unknown>;
  onCancel(): void;
  /** Draws a spot instead of an area, or the other way; null where there is only one way. */
  onShape: ((as: "area" | "spot") => void) | null;
}

/** What the map takes now, with the steps as buttons for whoever has no keyboard. */
export function DrawHint({ kind, bench, onCancel, onShape }: Props) {
  const w = useWords().things;
  const { drawing, placing, corner, edited } = bench;
  const busy = drawing.on || placing;
  if (!busy && (edited.now === null || bench.handles.length === 0)) return null;
  return (
    <div
      class="tool-hint drawn-hint"
      role="status"
      data-drawing={placing ? "spot" : drawing.on ? "area" : "none"}
    >
      {busy && <strong>{w.make[kind]}</strong>}
      <span>
        {placing
          ? w.placing
          : drawing.on
            ? drawing.ring.length === 0
              ? w.drawing
              : w.drawingMore(drawing.ring.length)
            : bench.shapes.length > 0
              ? w.editing
              : w.moving}
      </span>
      <span class="tool-hint-steps">
        {busy && onShape !== null && (
          <button
            type="button"
            class="button button-small"
            data-do="draw-other"
            onClick={() => onShape(placing ? "area" : "spot")}
          >
            {w.shape[placing ? "area" : "spot"]}
          </button>
        )}
        {drawing.on && drawing.ring.length > 0 && (
          <>
            <button type="button" class="button button-small" onClick={drawing.back}>
              {w.back} <kbd>⌫</kbd>
            </button>
            <button
              type="button"
              class="button button-small button-primary"
              disabled={drawing.ring.length < 3}
              data-do="finish"
              onClick={drawing.finish}
            >
              {w.finish} <kbd>⏎</kbd>
            </button>
          </>
        )}
        {busy && (
          <button type="button" class="button button-small" data-do="cancel-drawing" onClick={onCancel}>
            {w.cancel} <kbd>Esc</kbd>
          </button>
        )}
        {corner && (
          <button
            type="button"
            class="button button-small"
            data-do="delete-corner"
            onClick={bench.removeCorner}
          >
            {w.deleteCorner} <kbd>Del</kbd>
          </button>
        )}
      </span>
    </div>
  );
}
