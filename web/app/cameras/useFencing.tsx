import { useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Rule } from "../api/rules";
import type { CameraSetup, OverlayItem, SetupView } from "../api/setup";
import { useWords } from "../i18n/language";
import { cornerKeys, useDrawing } from "../map/drawing";
import type { Shape } from "../map/Layer";
import { type Point, point, ringOf } from "../map/points";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { FenceForm } from "../things/FenceForm";
import { changeOf, draftOf, type Fence, type FenceDraft, newFence } from "../things/fence";
import { useEdited } from "../things/useEdited";
import { FenceSights } from "./FenceSights";
import { idle, type Side, type Tool } from "./tool";

interface Given {
  api: Api;
  camera: CameraSetup;
  view: SetupView;
  cameras: readonly Camera[];
  fences: readonly Fence[];
  overlay: readonly OverlayItem[];
  rules: readonly Rule[];
  onChanged(): Promise<void>;
}

interface Fencing extends Tool {
  /** Where the chosen fence lies on the map; empty while none is chosen. */
  around: readonly Point[];
}

/** Drawing fences on the map or on the picture, with their rules, hours and thresholds. */
export function useFencing(given: Given): Fencing {
  const { api, camera, view, cameras, fences, overlay, rules, onChanged } = given;
  const words = useWords();
  const w = words.fencing;
  const edited = useEdited<FenceDraft>();
  const { now } = edited;
  const [on, setOn] = useState<"map" | "frame" | "area">("map");
  const drawing = useDrawing((ring) => {
    if (on === "area" && now !== null) {
      edited.put({ ...now, area: ring, holes: [] });
      return;
    }
    edited.make(
      newFence(
        w.newName,
        rules[0]?.key ?? "fire_lane",
        on === "map" ? { area: ring, view: null, frame: null } : { area: null, view: view.id, frame: ring },
      ),
    );
  });
  const draw = (where: "map" | "frame" | "area") => {
    if (drawing.on) drawing.cancel();
    if (!drawing.on || where !== on) {
      setOn(where);
      if (where !== "area") edited.take(null);
      if (!drawing.on) drawing.toggle();
    }
  };
  const choose = (id: string) => {
    const fence = fences.find(({ properties }) => properties.id === id);
    if (fence === undefined || drawing.on) return;
    edited.take(now?.id === id ? null : draftOf(fence));
  };
  const save = (fence: FenceDraft) =>
    edited.save(async () => {
      await api.putFence(fence.id, changeOf(fence));
      await onChanged();
      return { ...fence, known: true };
    });
  const remove = (fence: FenceDraft) => {
    if (!fence.known) return edited.take(null);
    if (!confirm(w.sureRemove(fence.name))) return;
    void edited.remove(async () => {
      await api.deleteFence(fence.id);
      await onChanged();
    });
  };

  const seen = new Set(overlay.filter((one) => one.kind === "fence").map((one) => one.id));
  const listed = fences
    .filter(({ properties: p }) => (p.view === null ? seen.has(p.id) : p.view === view.id))
    .concat(
      fences.filter(
        ({ properties: p, geometry }) => p.view === null && !seen.has(p.id) && near(geometry, camera),
      ),
    );
  const frameCorners = cornerKeys(w, (ring) => {
    if (now !== null) edited.put({ ...now, frame: ring.now }, ring.first);
  });
  const mapCorners = cornerKeys(w, (ring) => {
    if (now !== null) edited.put({ ...now, area: ring.now }, ring.first);
  });
  const side = (
    place: "frame" | "map",
    ring: readonly Point[] | null,
    corners: ReturnType<typeof cornerKeys>,
  ): Side => {
    const here = drawing.on && (place === "frame") === (on === "frame");
    const shapes: Shape[] =
      now === null || ring === null
        ? []
        : [{ key: `edited-${now.id}`, kind: "fence", ring, rule: now.rule, label: now.name, chosen: true }];
    return {
      shapes: [...shapes, ...(here ? drawing.shapes : [])],
      handles: here ? drawing.handles : ring === null || drawing.on ? [] : corners.handles(ring),
      hint: here ? w.drawing : null,
      onPlace: here ? drawing.place : () => {},
      onMove: (key, to, first) => ring !== null && corners.move(ring, key, to, first),
      onDelete: (key) => ring !== null && corners.remove(ring, key),
      onPick: (key) => (here ? drawing.pick(key) : ring !== null && corners.pick(ring, key)),
    };
  };

  const chosen = fences.find(({ properties }) => properties.id === now?.id);
  return {
    around: ringOf(chosen?.geometry ?? null) ?? [],
    frame: side("frame", now?.frame ?? null, frameCorners),
    map: now === null && !drawing.on ? idle : side("map", now?.area ?? null, mapCorners),
    changed: drawing.on || edited.changed,
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
              data-do="draw-map"
              aria-pressed={drawing.on && on === "map"}
              onClick={() => draw("map")}
            >
              <Icon name="map" size={16} />
              {w.drawMap}
            </button>
            <button
              type="button"
              class="button"
              data-do="draw-frame"
              aria-pressed={drawing.on && on === "frame"}
              onClick={() => draw("frame")}
            >
              <Icon name="photo" size={16} />
              {w.drawFrame}
            </button>
          </div>
          <ul class="drawn">
            {listed.map(({ properties: p }) => (
              <li key={p.id}>
                <button
                  type="button"
                  class="drawn-item"
                  data-fence={p.id}
                  aria-pressed={now?.id === p.id}
                  onClick={() => choose(p.id)}
                >
                  <span class="swatch" data-rule={p.rule} />
                  <span class="drawn-name">{p.name}</span>
                  <span class="quiet">
                    {p.view !== null ? w.onFrame : seen.has(p.id) ? w.onMap : w.unseen}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        {now === null ? (
          listed.length === 0 && !drawing.on && <Empty title={w.none} hint={w.noneHint} icon="pin" />
        ) : (
          <FenceForm
            key={now.id}
            fence={now}
            rules={rules}
            state={edited.state}
            trouble={edited.trouble}
            changed={edited.changed}
            onChange={edited.put}
            onArea={() => draw("area")}
            onSave={() => void save(now)}
            onRemove={() => remove(now)}
            onUndo={edited.undo}
          />
        )}
        {now?.known === true && now.area !== null && (
          <FenceSights
            key={`${now.id} ${edited.state}`}
            api={api}
            cameras={cameras}
            fence={now.id}
            at={now.area[0] ?? [0, 0]}
          />
        )}
      </div>
    ),
  };
}

/** Whether a fence on the map lies where this camera might be turned to. */
function near(geometry: Fence["geometry"], { lon, lat }: CameraSetup): boolean {
  const [first] = ringOf(geometry) ?? [];
  if (first === undefined) return false;
  const [x, y] = point(first);
  return Math.hypot((x - lon) * 0.8, y - lat) < 0.0015;
}
