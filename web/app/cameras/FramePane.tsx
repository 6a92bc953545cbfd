import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { reason } from "../i18n/reason";
import { type Handle, Layer, type Shape, type Surface } from "../map/Layer";
import type { Point } from "../map/points";
import { Icon } from "../parts/Icon";
import { inFrame } from "./matches";

interface Props {
  api: Api;
  /** Empty while there is none. */
  camera: string;
  /** Another picture is fetched when this changes. */
  version: string;
  shapes: readonly Shape[];
  handles: readonly Handle[];
  /** What a click on the picture does now; null is nothing. */
  hint: string | null;
  onPlace(at: Point): void;
  onMove(key: string, to: Point, first: boolean): void;
  onDelete(key: string): void;
  onPick(key: string): void;
  /** Instead of the still: the live view. */
  children?: ComponentChildren;
}

/** A camera's picture with what is drawn on it. */
export function FramePane(props: Props) {
  const words = useWords();
  const w = words.setup;
  const { api, camera, version } = props;
  const [still, setStill] = useState<string | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const [shape, setShape] = useState(4 / 3);
  useEffect(() => {
    let gone = false;
    let url: string | null = null;
    setStill(null);
    setFailed(null);
    if (camera === "") return;
    api.still(camera).then(
      (found) => {
        url = found;
        if (gone) URL.revokeObjectURL(found);
        else setStill(found);
      },
      (error: unknown) => {
        if (!gone) setFailed(error);
      },
    );
    return () => {
      gone = true;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [api, camera, version, attempt]);

  return (
    <section class="pane pane-frame" aria-label={w.still}>
      <header class="pane-head">
        <h3>{w.still}</h3>
        <span class="pane-hint">{props.hint}</span>
        <button
          type="button"
          class="tool"
          aria-label={w.refresh}
          title={w.refresh}
          onClick={() => setAttempt((n) => n + 1)}
        >
          <Icon name="photo" />
        </button>
      </header>
      <div class="pane-body">
        {props.children ?? (
          <Frame {...props} shape={shape} still={still}>
            {still !== null && (
              <img
                src={still}
                alt={w.still}
                draggable={false}
                onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                  naturalHeight > 0 && setShape(naturalWidth / naturalHeight)
                }
              />
            )}
            {still === null && failed === null && <p class="frame-note">{w.stillLoading}</p>}
            {failed !== null && (
              <p class="frame-note frame-failed" role="alert">
                {w.stillFailed}
                {failed instanceof Problem && <span>{reason(failed.detail, words)}</span>}
              </p>
            )}
          </Frame>
        )}
      </div>
    </section>
  );
}

type FrameProps = Props & { shape: number; still: string | null };

/** The frame keeps the picture's shape, so that its coordinates are those of the picture. */
function Frame({ shape, shapes, handles, hint, onPlace, onMove, onDelete, onPick, children }: FrameProps) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<{ width: number; height: number }>({ width: 0, height: 0 });
  useEffect(() => {
    const parent = box.current?.parentElement;
    if (parent === null || parent === undefined) return;
    const watcher = new ResizeObserver(() =>
      setRoom({ width: parent.clientWidth, height: parent.clientHeight }),
    );
    watcher.observe(parent);
    return () => watcher.disconnect();
  }, []);
  const width = Math.min(room.width, room.height * shape);
  const height = width / shape;
  const surface: Surface = useMemo(
    () => ({
      project: ([x, y]) => [x * width, y * height],
      unproject: ([x, y]) => inFrame([x / Math.max(width, 1), y / Math.max(height, 1)]),
    }),
    [width, height],
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place in a picture has no key; what is placed has.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      ref={box}
      class={hint === null ? "frame" : "frame frame-placing"}
      style={{ width: `${width}px`, height: `${height}px` }}
      onClick={(event) => {
        const { left, top } = event.currentTarget.getBoundingClientRect();
        onPlace(surface.unproject([event.clientX - left, event.clientY - top]));
      }}
    >
      {children}
      {width > 0 && (
        <Layer
          surface={surface}
          shapes={shapes}
          handles={handles}
          onMove={onMove}
          onDelete={onDelete}
          onPick={onPick}
        />
      )}
    </div>
  );
}
