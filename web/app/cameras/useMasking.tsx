import { useEffect, useState } from "preact/hooks";
import type { SetupView } from "../api/setup";
import { useWords } from "../i18n/language";
import { cornerKeys, useDrawing } from "../map/drawing";
import { open, type Point } from "../map/points";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { useHistory } from "../state/history";
import { SaveBar, type Saving } from "./SaveBar";
import { idle, type Tool } from "./tool";

/** Drawing masks on the picture. */
export function useMasking(view: SetupView, saving: Saving): Tool {
  const words = useWords();
  const w = words.masking;
  const stored = view.masks.map(open);
  const masks = useHistory<readonly (readonly Point[])[]>(stored);
  // What was stored is where the next change begins.
  useEffect(() => masks.reset(stored), [JSON.stringify(view.masks)]);
  const [chosen, setChosen] = useState<number | null>(null);
  const drawing = useDrawing((ring) => {
    masks.set([...masks.now, ring]);
    setChosen(masks.now.length);
  });
  const corners = cornerKeys(words.fencing, (ring) =>
    masks.set(
      masks.now.map((mask, i) => (i === chosen ? ring.now : mask)),
      ring.first,
    ),
  );
  const edited = chosen === null ? undefined : masks.now[chosen];

  return {
    map: idle,
    frame: {
      shapes: [
        ...masks.now.map((ring, i) => ({
          key: `mask-${i}`,
          kind: "mask" as const,
          ring,
          label: String(i + 1),
          chosen: i === chosen,
        })),
        ...drawing.shapes,
      ],
      handles: [...(drawing.on || edited === undefined ? [] : corners.handles(edited)), ...drawing.handles],
      hint: drawing.on ? words.fencing.drawing : null,
      onPlace: drawing.place,
      onMove: (key, to, first) => edited !== undefined && corners.move(edited, key, to, first),
      onDelete: (key) => edited !== undefined && corners.remove(edited, key),
      onPick: (key) => (drawing.on ? drawing.pick(key) : edited !== undefined && corners.pick(edited, key)),
    },
    changed: masks.changed,
    undo: masks.undo,
    drawing: drawing.on,
    finish: drawing.finish,
    cancel: drawing.cancel,
    back: drawing.back,
    panel: (
      <div class="match">
        <div class="match-side">
          <p class="how">{w.how}</p>
          <div class="save-bar">
            <button type="button" class="button" aria-pressed={drawing.on} onClick={drawing.toggle}>
              <Icon name="plus" size={16} />
              {w.draw}
            </button>
          </div>
          <SaveBar
            saving={saving}
            changed={masks.changed}
            good={!drawing.on}
            onUndo={masks.undo}
            onDiscard={() => masks.reset(stored)}
            onSave={() => saving.save({ masks: masks.now.map((mask) => mask.map(([x, y]) => [x, y])) })}
          />
          <p class="quiet">{w.passthrough}</p>
        </div>
        {masks.now.length === 0 ? (
          <Empty title={w.none} hint={w.noneHint} icon="eye" />
        ) : (
          <ul class="drawn">
            {masks.now.map((_, i) => (
              <li key={i}>
                <button
                  type="button"
                  class="drawn-item"
                  aria-pressed={i === chosen}
                  onClick={() => setChosen(i === chosen ? null : i)}
                >
                  <span class="swatch swatch-mask" />
                  {w.one(i + 1)}
                </button>
                <button
                  type="button"
                  class="tool tool-small"
                  aria-label={`${words.setup.remove} ${w.one(i + 1)}`}
                  onClick={() => {
                    setChosen(null);
                    masks.set(masks.now.filter((_, k) => k !== i));
                  }}
                >
                  <Icon name="close" size={14} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    ),
  };
}
