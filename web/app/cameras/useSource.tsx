import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import { type CameraSetup, type Decode, decodes, type Trial } from "../api/setup";
import { useWords } from "../i18n/language";
import { reason as said } from "../i18n/reason";
import type { Point } from "../map/points";
import { Icon } from "../parts/Icon";
import { Failure } from "../parts/Notice";
import { useHistory } from "../state/history";
import { className, usePlaceClasses } from "../state/placeClasses";
import { SeenNow } from "./SeenNow";
import { idle, type Tool } from "./tool";

interface Draft {
  name: string;
  source: string;
  substream: string;
  decode: Decode;
  placeClass: string;
  at: Point | null;
  loop: boolean;
  fps: number;
}

/** One of the two addresses. */
type Stream = "source" | "substream";

type Trying =
  | { phase: "none" }
  | { phase: "busy"; stream: Stream }
  | { phase: "done"; stream: Stream; trial: Trial }
  | { phase: "failed"; stream: Stream; error: unknown };

interface Given {
  api: Api;
  /** Null while one is added. */
  camera: CameraSetup | null;
  onStored(camera: CameraSetup): void;
  onRemoved(): void;
}

const fresh: Draft = {
  name: "",
  source: "",
  substream: "",
  decode: "auto",
  placeClass: "main_road",
  at: null,
  loop: true,
  fps: 2,
};

/** Where a camera's pictures come from, what it is called, and where it stands. */
export function useSource({ api, camera, onStored, onRemoved }: Given): Tool & { trial: Trial | null } {
  const words = useWords();
  const w = words.source;
  const classes = usePlaceClasses(api);
  const stored: Draft =
    camera === null
      ? fresh
      : {
          name: camera.name,
          source: camera.source,
          substream: camera.substream,
          decode: camera.decode,
          placeClass: camera.place_class,
          at: [camera.lon, camera.lat],
          loop: camera.loop,
          fps: camera.fps,
        };
  const draft = useHistory<Draft>(stored);
  const [trying, setTrying] = useState<Trying>({ phase: "none" });
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");
  const [trouble, setTrouble] = useState<unknown>(null);
  const now = draft.now;
  const put = (change: Partial<Draft>, first = true) => {
    setState("idle");
    draft.set({ ...now, ...change }, first);
  };
  const complete = now.name.trim() !== "" && now.source.trim() !== "" && now.at !== null;

  const attempt = (stream: Stream) => {
    setTrying({ phase: "busy", stream });
    api.tryCamera(now[stream].trim(), camera?.id ?? "").then(
      (trial) => setTrying({ phase: "done", stream, trial }),
      (error: unknown) => setTrying({ phase: "failed", stream, error }),
    );
  };
  const save = async () => {
    if (now.at === null) return;
    setState("busy");
    setTrouble(null);
    const [lon, lat] = now.at;
    const change = {
      name: now.name.trim(),
      lon,
      lat,
      place_class: now.placeClass,
      source: now.source.trim(),
      substream: now.substream.trim(),
      decode: now.decode,
      loop: now.loop,
      fps: now.fps,
    };
    try {
      const kept = camera === null ? await api.addCamera(change) : await api.putCamera(camera.id, change);
      draft.reset({ ...now, source: kept.source, substream: kept.substream });
      setState("saved");
      onStored(kept);
    } catch (error) {
      setTrouble(error);
      setState("idle");
    }
  };
  const remove = async () => {
    if (camera === null || !confirm(w.sureRemove(camera.name))) return;
    try {
      await api.deleteCamera(camera.id);
      onRemoved();
    } catch (error) {
      setTrouble(error);
    }
  };

  return {
    trial: trying.phase === "done" && trying.trial.ok ? trying.trial : null,
    frame: idle,
    map: {
      ...idle,
      handles:
        now.at === null
          ? []
          : [{ key: "camera", at: now.at, text: "◎", label: w.positionHint, look: "camera" }],
      hint: now.at === null ? w.positionMissing : w.positionHint,
      onPlace: (at) => put({ at }),
      onMove: (_, at, first) => put({ at }, first),
    },
    changed: draft.changed,
    undo: draft.undo,
    panel: (
      <form
        class="source-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) void save();
        }}
      >
        <div class="fields">
          {(["source", "substream"] as const).map((stream) => (
            <div key={stream} class="field field-stream">
              <label class="field field-wide">
                <span>{w[stream]}</span>
                <span class="field-with">
                  <input
                    id={`camera-${stream}`}
                    value={now[stream]}
                    maxLength={2048}
                    autocomplete="off"
                    spellcheck={false}
                    onInput={(event) => put({ [stream]: event.currentTarget.value })}
                  />
                  <button
                    type="button"
                    class="button"
                    data-do={stream === "source" ? "try" : "try-substream"}
                    disabled={now[stream].trim() === "" || trying.phase === "busy"}
                    onClick={() => attempt(stream)}
                  >
                    {trying.phase === "busy" && trying.stream === stream ? w.trying : w.try}
                  </button>
                </span>
              </label>
              {"stream" in trying && trying.stream === stream && trying.phase !== "busy" ? (
                <TrialSaid trying={trying} onRetry={() => attempt(stream)} />
              ) : (
                <small class="quiet">{stream === "source" ? w.addressHint : w.substreamHint}</small>
              )}
            </div>
          ))}
        </div>
        <div class="fields">
          <label class="field">
            <span>{w.name}</span>
            <input
              id="camera-name"
              value={now.name}
              maxLength={200}
              placeholder={w.namePlaceholder}
              onInput={(event) => put({ name: event.currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>{w.placeClass}</span>
            <select
              value={now.placeClass}
              onChange={(event) => put({ placeClass: event.currentTarget.value })}
            >
              {[...new Set([now.placeClass, ...classes.map(({ key }) => key)])].map((key) => (
                <option key={key} value={key}>
                  {className(classes, key, words)}
                </option>
              ))}
            </select>
          </label>
          <label class="field field-small">
            <span>{w.fps}</span>
            <input
              type="number"
              min="0.1"
              max="30"
              step="any"
              value={now.fps}
              onInput={(event) => {
                const fps = Number(event.currentTarget.value);
                if (fps > 0 && fps <= 30) put({ fps });
              }}
            />
          </label>
          <label class="field field-small">
            <span>{w.decode}</span>
            <select
              id="camera-decode"
              value={now.decode}
              title={w.decodeHint}
              onChange={(event) => put({ decode: decodes[event.currentTarget.selectedIndex] ?? "auto" })}
            >
              {decodes.map((decode) => (
                <option key={decode} value={decode}>
                  {w.decodes[decode]}
                </option>
              ))}
            </select>
          </label>
          <div class="field field-small">
            <span>{w.position}</span>
            <output class={now.at === null ? "field-missing" : "code"}>
              {now.at === null ? w.positionMissing : `${now.at[0].toFixed(6)}, ${now.at[1].toFixed(6)}`}
            </output>
          </div>
          {camera !== null && <SeenNow api={api} camera={camera} />}
          {!now.source.includes("://") && (
            <label class="field-check">
              <input
                type="checkbox"
                checked={now.loop}
                onChange={(event) => put({ loop: event.currentTarget.checked })}
              />
              {w.loop}
            </label>
          )}
        </div>
        {trouble !== null && <Failure error={trouble} small />}
        <div class="save-bar">
          <button
            type="submit"
            class="button button-primary"
            data-do="save-camera"
            disabled={!complete || state === "busy" || (camera !== null && !changed(now, stored))}
          >
            {state === "busy" ? words.setup.saving : camera === null ? w.addTitle : words.setup.save}
          </button>
          <button type="button" class="button" disabled={!draft.changed} onClick={() => draft.reset(stored)}>
            {words.setup.discard}
          </button>
          {camera !== null && (
            <button type="button" class="button button-bad" onClick={() => void remove()}>
              {w.removeCamera}
            </button>
          )}
          <span class="save-state" role="status">
            {state === "saved" ? words.setup.saved : complete ? "" : w.fill}
          </span>
        </div>
      </form>
    ),
  };
}

function changed(a: Draft, b: Draft): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

function TrialSaid({ trying, onRetry }: { trying: Trying; onRetry(): void }) {
  const words = useWords();
  const w = words.source;
  if (trying.phase === "failed") return <Failure error={trying.error} onRetry={onRetry} small />;
  if (trying.phase !== "done") return null;
  const { ok, width, height, codec, fps, reason } = trying.trial;
  return ok ? (
    <p class="trial trial-ok" role="status">
      <Icon name="check" size={16} />
      {w.ok(width, height, codec, fps === 0 ? "" : String(fps))}
    </p>
  ) : (
    <p class="trial trial-bad" role="alert">
      <Icon name="warning" size={16} />
      {w.failed}
      {words.colon}
      {said(reason, words)}
    </p>
  );
}
