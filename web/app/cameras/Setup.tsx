import { useEffect, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Rule } from "../api/rules";
import type { CameraSetup, OverlayItem, Uncovered } from "../api/setup";
import { useWords } from "../i18n/language";
import type { Shape } from "../map/Layer";
import { ConditionNote } from "../map/MapCards";
import { open, type Point, point, ringOf } from "../map/points";
import type { City } from "../map/useCity";
import { Tabs } from "../parts/Tabs";
import { TakeView, takeable } from "../parts/TakeView";
import type { Fence } from "../things/fence";
import { AddView } from "./AddView";
import { Bench } from "./Bench";
import { LiveView } from "./LiveView";
import type { Saving, ViewChange } from "./SaveBar";
import { idle, type Tool } from "./tool";
import { useFencing } from "./useFencing";
import { useMasking } from "./useMasking";
import { useMatching } from "./useMatching";
import { usePermitting } from "./usePermitting";
import { useSource } from "./useSource";
import { type Tab, tabs } from "./view";

interface Props {
  api: Api;
  city: City;
  cameras: readonly Camera[];
  fences: readonly Fence[];
  rules: readonly Rule[];
  camera: CameraSetup;
  /** The view of the camera that is set up, by number. */
  viewAt: number;
  /** A place that nobody sees, to be shown on the map. */
  spot: Uncovered | null;
  tab: Tab;
  onTab(tab: Tab): void;
  onView(at: number): void;
  onStored(camera: CameraSetup): void;
  onRemoved(): void;
  onFences(): Promise<void>;
  onCamera(id: string): void;
  /** Whether something is not saved. */
  onUnsaved(unsaved: boolean): void;
}

/** One camera on the bench: its tabs, its picture and the map. */
export function Setup(props: Props) {
  const { api, city, cameras, fences, rules, camera, viewAt, spot, tab } = props;
  const words = useWords();
  const w = words.setup;
  const view = camera.views[viewAt] ?? camera.views[0] ?? blank(camera.id);
  const [overlay, setOverlay] = useState<readonly OverlayItem[]>([]);
  const [round, setRound] = useState(0);
  const [live, setLive] = useState(false);
  const saving = useSaving(props, view.id);

  useEffect(() => {
    let gone = false;
    // What is not drawn is missed, and nothing else: the still and the tools work without.
    api.overlay(camera.id).then((items) => !gone && setOverlay(items), console.warn);
    return () => {
      gone = true;
    };
  }, [api, camera, round]);

  const matching = useMatching(api, camera, view, saving);
  const masking = useMasking(view, saving);
  const fencing = useFencing({
    api,
    camera,
    view,
    cameras,
    fences,
    overlay: overlay.filter((item) => item.view === view.id),
    rules,
    onChanged: async () => {
      await props.onFences();
      setRound((n) => n + 1);
    },
  });
  const permitting = usePermitting({ api, camera, rules, onChanged: () => setRound((n) => n + 1) });
  const source = useSource({ api, camera, onStored: props.onStored, onRemoved: props.onRemoved });
  const watching: Tool = {
    frame: idle,
    map: idle,
    changed: false,
    panel: (
      <div class="live-panel">
        {!live && (
          <button type="button" class="button button-primary" data-do="watch" onClick={() => setLive(true)}>
            {words.liveView.start}
          </button>
        )}
        <p class="quiet">{words.liveView.hint}</p>
        {view.masks.length > 0 && <p class="quiet">{words.masking.passthrough}</p>}
      </div>
    ),
  };
  const tools: Record<Tab, Tool> = {
    match: matching,
    fences: fencing,
    permits: permitting,
    masks: masking,
    source,
    live: watching,
  };
  const picture = tab === "live" && live;
  const unsaved = Object.values(tools).some(({ changed }) => changed);
  useEffect(() => {
    props.onUnsaved(unsaved);
    return () => props.onUnsaved(false);
  }, [unsaved]);

  const known = cameras.find(({ id }) => id === camera.id);
  const condition = known?.condition ?? null;

  return (
    <main class="bench">
      <header class="bench-head">
        <h2 title={camera.id}>{camera.name}</h2>
        {camera.views.length > 1 && (
          <select
            aria-label={w.view}
            value={viewAt}
            onChange={(event) =>
              (!unsaved || confirm(w.leave)) && props.onView(Number(event.currentTarget.value))
            }
          >
            {camera.views.map(({ id }, i) => (
              <option key={id} value={i}>
                {w.view} {i + 1} · {id}
              </option>
            ))}
          </select>
        )}
        <AddView
          key={camera.id}
          api={api}
          camera={camera}
          blocked={unsaved}
          onAdded={props.onStored}
          onShow={props.onView}
        />
        <Tabs
          look="bench-tab"
          tabs={tabs}
          chosen={tab}
          label={(one) => (
            <>
              {w.tab[one]}
              {tools[one].changed && <span class="unsaved-dot" title={w.unsaved} />}
            </>
          )}
          title={(_, place) => `${place + 1}`}
          onChoose={props.onTab}
        />
      </header>
      {known !== undefined && condition !== null && takeable(condition) && (
        <div class="card-condition bench-condition">
          <ConditionNote condition={condition} />
          <TakeView
            key={condition.since}
            api={api}
            camera={known}
            condition={condition}
            view={view.id}
            onTaken={() => void api.camera(camera.id).then(props.onStored, console.warn)}
          />
        </div>
      )}
      <Bench
        api={api}
        city={city}
        camera={camera.id}
        version={JSON.stringify(camera.views.map(({ masks }) => masks))}
        cameras={cameras}
        around={
          (tab === "permits" ? permitting.around : null) ?? [
            [camera.lon, camera.lat],
            ...(spot === null ? view.pairs.map(({ lonlat }) => point(lonlat)) : [placeOf(spot)]),
            ...(tab === "fences" ? fencing.around : []),
          ]
        }
        tool={tools[tab]}
        onFrame={frameShapes(overlay, view.id, masking, tab)}
        onMap={[
          ...matching.cone,
          ...mapShapes(fences, fencing, tab),
          ...(tab === "permits" ? permitting.shapes : []),
          ...(spot === null ? [] : [spotShape(spot)]),
        ]}
        onCamera={props.onCamera}
        {...(picture
          ? { picture: <LiveView api={api} camera={camera.id} onStop={() => setLive(false)} /> }
          : {})}
      />
    </main>
  );
}

function placeOf({ lon, lat }: Uncovered): Point {
  return [lon, lat];
}

function spotShape(spot: Uncovered): Shape {
  return { key: `spot-${spot.id}`, kind: "spot", ring: [placeOf(spot)], label: spot.name };
}

function blank(id: string): CameraSetup["views"][number] {
  return {
    id,
    pairs: [],
    masks: [],
    residual_m: null,
    leave_one_out_m: null,
    cone: null,
    reference_url: null,
  };
}

/** Saves one view of the camera; its other views and everything else stay as they are. */
function useSaving({ api, camera, onStored }: Props, view: string): Saving {
  const [state, setState] = useState<Saving["state"]>("idle");
  const [error, setError] = useState<unknown>(null);
  const save = (change: ViewChange) => {
    setState("busy");
    const { name, lon, lat, place_class, loop, fps } = camera;
    const views = camera.views.map(({ id, pairs, masks }) => ({
      id,
      pairs,
      masks,
      ...(id === view ? change : {}),
    }));
    api.putCamera(camera.id, { name, lon, lat, place_class, loop, fps, source: "", views }).then(
      (stored) => {
        setState("saved");
        onStored(stored);
      },
      (trouble: unknown) => {
        setError(trouble);
        setState("failed");
      },
    );
  };
  return { state, error, save };
}

/** The map's grids and fences as the picture shows them. What is being changed is drawn by its tool. */
function frameShapes(items: readonly OverlayItem[], view: string, masking: Tool, tab: Tab): Shape[] {
  const drawn = items
    .filter((item) => item.view === view)
    .map((item, i) => ({
      key: `${item.kind} ${item.id} ${i}`,
      kind: item.kind,
      ring: open(item.outline),
      rule: item.rule,
      ...(item.kind === "fence" || item.kind === "permit" ? { label: item.name } : {}),
    }));
  return tab === "masks" ? drawn : [...drawn, ...masking.frame.shapes.filter(({ kind }) => kind === "mask")];
}

function mapShapes(fences: readonly Fence[], fencing: Tool, tab: Tab): Shape[] {
  const changing = new Set(tab === "fences" ? fencing.map.shapes.map(({ key }) => key) : []);
  return fences.flatMap(({ geometry, properties: { id, name, rule } }): Shape[] => {
    const ring = ringOf(geometry);
    return ring === null || changing.has(`edited-${id}`)
      ? []
      : [{ key: `fence-${id}`, kind: "fence", ring, rule, label: name }];
  });
}
