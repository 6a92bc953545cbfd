import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { Rule } from "../api/rules";
import type { CameraSetup, Permit } from "../api/setup";
import { useWords } from "../i18n/language";
import { distance } from "../i18n/time";
import { cornerKeys, useDrawing } from "../map/drawing";
import type { Shape } from "../map/Layer";
import { distanceM } from "../map/measure";
import { middle, type Point, polygonOf, ringOf } from "../map/points";
import { Icon } from "../parts/Icon";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { useNow, useSlow } from "../state/hooks";
import { PermitForm } from "../things/PermitForm";
import { changeOf, draftOf, newPermit, type PermitDraft, standing, usual } from "../things/permit";
import { useEdited } from "../things/useEdited";
import { idle, type Tool } from "./tool";

interface Given {
  api: Api;
  camera: CameraSetup;
  rules: readonly Rule[];
  onChanged(): void;
}

interface Permitting extends Tool {
  /** The permits of the city but the one that is being changed, as the map shows them. */
  shapes: Shape[];
  /** Where the chosen one lies; null while none is chosen. */
  around: readonly Point[] | null;
}

/** Drawing permits on the map: where the same scene is legal, whose it is, and when. */
export function usePermitting({ api, camera, rules, onChanged }: Given): Permitting {
  const words = useWords();
  const w = words.permits;
  const [permits, setPermits] = useState<readonly Permit[] | null>(null);
  const [lost, setLost] = useState<unknown>(null);
  const edited = useEdited<PermitDraft>();
  const { now, changed } = edited;
  const slow = useSlow(permits === null && lost === null);
  const load = useCallback(async () => {
    try {
      setPermits(await api.permits());
      setLost(null);
    } catch (error) {
      setLost(error);
    }
  }, [api]);
  useEffect(() => void load(), [load]);

  const drawing = useDrawing((ring) => edited.make(newPermit(w.newName, usual(rules), ring)));
  const choose = (permit: Permit) => {
    if (!drawing.on) edited.take(now?.id === permit.id ? null : draftOf(permit));
  };
  const save = (permit: PermitDraft) =>
    edited.save(async () => {
      const stored = changeOf(permit);
      await api.putPermit(permit.id, stored);
      await load();
      onChanged();
      return draftOf({ id: permit.id, ...stored });
    });
  const remove = (permit: PermitDraft) => {
    if (!permit.known) return edited.take(null);
    if (!confirm(w.sureRemove(permit.name))) return;
    void edited.remove(async () => {
      await api.deletePermit(permit.id);
      await load();
      onChanged();
    });
  };

  const corners = cornerKeys(words.fencing, (ring) => {
    if (now !== null) edited.put({ ...now, area: ring.now }, ring.first);
  });
  const chosen = permits?.find(({ id }) => id === now?.id);
  return {
    shapes: (permits ?? []).filter(({ id }) => id !== now?.id).flatMap((permit) => shapeOf(permit)),
    around: chosen === undefined ? null : ringOf(chosen.area),
    frame: idle,
    map: {
      shapes: [
        ...(now === null ? [] : shapeOf({ ...now, area: polygonOf(now.area) }, true)),
        ...drawing.shapes,
      ],
      handles: drawing.on ? drawing.handles : now === null ? [] : corners.handles(now.area),
      hint: drawing.on ? words.fencing.drawing : null,
      onPlace: drawing.place,
      onMove: (key, to, first) => now !== null && corners.move(now.area, key, to, first),
      onDelete: (key) => now !== null && corners.remove(now.area, key),
      onPick: (key) => (drawing.on ? drawing.pick(key) : now !== null && corners.pick(now.area, key)),
    },
    changed: drawing.on || changed,
    undo: edited.undo,
    drawing: drawing.on,
    finish: drawing.finish,
    cancel: () => (drawing.on ? drawing.cancel() : edited.take(null)),
    back: drawing.back,
    panel: (
      <div class="fencing">
        <div class="match-side">
          <p class="quiet how">{w.how}</p>
          <div class="save-bar">
            <button
              type="button"
              class="button"
              data-do="draw-permit"
              aria-pressed={drawing.on}
              onClick={() => {
                if (!drawing.on) edited.take(null);
                drawing.toggle();
              }}
            >
              <Icon name="map" size={16} />
              {words.fencing.drawMap}
            </button>
          </div>
          {lost !== null && <Failure error={lost} onRetry={() => void load()} small />}
          {permits === null && slow && <Skeleton rows={3} height={36} />}
          <PermitList permits={permits ?? []} camera={camera} chosen={now?.id ?? null} onChoose={choose} />
        </div>
        {now !== null ? (
          <PermitForm
            key={now.id}
            permit={now}
            rules={rules}
            state={edited.state}
            trouble={edited.trouble}
            changed={changed}
            onChange={edited.put}
            onSave={() => void save(now)}
            onRemove={() => remove(now)}
            onUndo={edited.undo}
          />
        ) : (
          permits?.length === 0 && !drawing.on && <Empty title={w.none} hint={w.noneHint} icon="pin" />
        )}
      </div>
    ),
  };
}

function shapeOf({ id, name, area }: Permit, chosen = false): Shape[] {
  const ring = ringOf(area);
  return ring === null ? [] : [{ key: `permit-${id}`, kind: "permit", ring, label: name, chosen }];
}

interface ListProps {
  permits: readonly Permit[];
  camera: CameraSetup;
  chosen: string | null;
  onChoose(permit: Permit): void;
}

/** The permits of the city, the nearest to the camera first, each with whether it holds. */
function PermitList({ permits, camera, chosen, onChoose }: ListProps) {
  const words = useWords();
  const w = words.permits;
  const now = useNow();
  const far = ({ area }: Permit) => distanceM([...middle(ringOf(area) ?? [])], [camera.lon, camera.lat]);
  return (
    <ul class="drawn">
      {[...permits]
        .sort((a, b) => far(a) - far(b))
        .map((permit) => (
          <li key={permit.id}>
            <button
              type="button"
              class="drawn-item"
              data-permit={permit.id}
              aria-pressed={permit.id === chosen}
              onClick={() => onChoose(permit)}
            >
              <span class="swatch swatch-permit" />
              <span class="drawn-name">
                {permit.name} · {permit.holder}
              </span>
              <span class="quiet">
                {w.standing[standing(permit, now)]} · {distance(far(permit))}
              </span>
            </button>
          </li>
        ))}
    </ul>
  );
}
