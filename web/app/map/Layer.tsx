import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { areaWords, lengthWords } from "./amount";
import { areaM2, distanceM } from "./measure";
import { between, middle, type Point, polygonOf } from "./points";
import "./layer.css";

/** How points lie on the screen. */
export interface Surface {
  project(at: Point): Point;
  unproject(at: Point): Point;
}

export type Kind = "cone" | "community" | "road" | "fence" | "permit" | "place" | "mask" | "draft" | "spot";

export interface Shape {
  key: string;
  kind: Kind;
  ring: readonly Point[];
  label?: string;
  /** Of a fence: its matter's hue. */
  rule?: string;
  chosen?: boolean;
  /** Still being drawn: its last edge is open. */
  open?: boolean;
}

export interface Handle {
  key: string;
  at: Point;
  /** What stands in it; a corner has nothing. */
  text: string;
  label: string;
  look?: "bad" | "half" | "camera" | "middle" | "chosen" | "spot";
  /** The edge in whose middle it stands: where that is short on the screen, it is left out. */
  edge?: readonly [Point, Point];
}

interface Props {
  surface: Surface;
  shapes: readonly Shape[];
  handles: readonly Handle[];
  /** The shapes lie on the ground: what is drawn or chosen tells its lengths and its area. */
  figures?: boolean;
  /** Where something is wrong. */
  bad?: Point | null;
  /** first is true for the first move of a drag. */
  onMove?(key: string, to: Point, first: boolean): void;
  onDelete?(key: string): void;
  onPick?(key: string): void;
}

/** A shorter edge on the screen has no handle in its middle, and does not tell its length. */
const shortestPx = 44;

/** So far outside of its edge a length is written. */
const outsidePx = 24;

/** What is drawn over a picture or a map: outlines, and handles that are dragged, or moved by the arrow keys. */
export function Layer({
  surface,
  shapes,
  handles,
  figures = false,
  bad = null,
  onMove,
  onDelete,
  onPick,
}: Props) {
  return (
    <div class="layer-over">
      <svg class="layer-shapes" aria-hidden="true">
        {shapes.map((shape) => (
          <Outline key={shape.key} shape={shape} surface={surface} figures={figures} />
        ))}
        {bad !== null && <Bad at={surface.project(bad)} />}
      </svg>
      {handles
        .filter(({ edge }) => edge === undefined || pixels(surface, ...edge) >= shortestPx)
        .map((handle) => (
          <Knob
            key={handle.key}
            handle={handle}
            surface={surface}
            onMove={onMove}
            onDelete={onDelete}
            onPick={onPick}
          />
        ))}
    </div>
  );
}

function pixels(surface: Surface, a: Point, b: Point): number {
  const [ax, ay] = surface.project(a);
  const [bx, by] = surface.project(b);
  return Math.hypot(bx - ax, by - ay);
}

function Outline({ shape, surface, figures }: { shape: Shape; surface: Surface; figures: boolean }) {
  const points = shape.ring.map(surface.project);
  if (points.length === 0) return null;
  const d = `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${shape.open ? "" : "Z"}`;
  const [x, middleY] = middle(points);
  // A permit mostly lies over a fence: their names would cover each other.
  const y = shape.kind === "permit" ? Math.min(...points.map(([, at]) => at)) + 16 : middleY;
  const classes = `shape shape-${shape.kind}${shape.chosen ? " shape-chosen" : ""}${shape.open ? " shape-open" : ""}`;
  const measured = figures && (shape.open === true || shape.chosen === true);
  return (
    <g class={classes} data-rule={shape.rule}>
      <path d={d} />
      {shape.label !== undefined && <Label x={x} y={y} text={shape.label} />}
      {measured && <Figures shape={shape} points={points} below={shape.label === undefined ? 0 : 16} />}
    </g>
  );
}

/** The length of each edge in its middle, and the area inside, a line below the name. */
function Figures({ shape, points, below }: { shape: Shape; points: readonly Point[]; below: number }) {
  const { ring } = shape;
  const [x, y] = middle(points);
  return (
    <>
      {ring.map((a, i) => {
        const next = (i + 1) % ring.length;
        const b = ring[next];
        const [from, to] = [points[i], points[next]];
        if (b === undefined || from === undefined || to === undefined || (shape.open && next === 0))
          return null;
        if (Math.hypot(to[0] - from[0], to[1] - from[1]) < shortestPx) return null;
        const [mx, my] = between(from, to);
        // Away from the middle, where the name and the area stand.
        const away = Math.hypot(mx - x, my - y) || 1;
        return (
          <text
            key={i}
            class="figure"
            x={mx + ((mx - x) / away) * outsidePx}
            y={my + ((my - y) / away) * outsidePx + 4}
          >
            {lengthWords(distanceM([...a], [...b]))}
          </text>
        );
      })}
      {ring.length > 2 && (
        <text class="figure figure-area" x={x} y={y + below}>
          {areaWords(areaM2(polygonOf(ring)))}
        </text>
      )}
    </>
  );
}

function Bad({ at: [x, y] }: { at: Point }) {
  return (
    <g class="shape-bad" data-bad>
      <circle cx={x} cy={y} r={13} />
      <path d={`M${x - 6} ${y - 6}L${x + 6} ${y + 6}M${x + 6} ${y - 6}L${x - 6} ${y + 6}`} />
    </g>
  );
}

/** A shape's name in its middle; beside the edge it is pushed in, so that it can be read. */
function Label({ x, y, text }: { x: number; y: number; text: string }) {
  const node = useRef<SVGTextElement>(null);
  const [inside, setInside] = useState(x);
  useLayoutEffect(() => {
    const width = node.current?.ownerSVGElement?.clientWidth ?? 0;
    const half = (node.current?.getComputedTextLength() ?? 0) / 2 + 4;
    const inSight = x >= 0 && x <= width && width >= 2 * half;
    setInside(inSight ? Math.min(Math.max(x, half), width - half) : x);
  }, [x, text]);
  return (
    <text ref={node} x={inside} y={y}>
      {text}
    </text>
  );
}

interface KnobProps {
  handle: Handle;
  surface: Surface;
  onMove: Props["onMove"];
  onDelete: Props["onDelete"];
  onPick: Props["onPick"];
}

const steps: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function Knob({ handle, surface, onMove, onDelete, onPick }: KnobProps) {
  const drag = useRef<{ from: Point; offset: Point; moved: boolean } | null>(null);
  const at = surface.project(handle.at);
  const press = (event: PointerEvent) => {
    event.stopPropagation();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const from: Point = [event.clientX, event.clientY];
    drag.current = { from, offset: [at[0] - from[0], at[1] - from[1]], moved: false };
  };
  const move = (event: PointerEvent) => {
    const held = drag.current;
    if (held === null || onMove === undefined) return;
    const [x, y] = [event.clientX, event.clientY];
    if (!held.moved && Math.hypot(x - held.from[0], y - held.from[1]) < 3) return;
    onMove(handle.key, surface.unproject([x + held.offset[0], y + held.offset[1]]), !held.moved);
    held.moved = true;
  };
  const release = (event: PointerEvent) => {
    event.stopPropagation();
    if (drag.current?.moved === false) onPick?.(handle.key);
    drag.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step !== undefined && onMove !== undefined && handle.look !== "middle") {
      const far = event.shiftKey ? 10 : 1;
      onMove(handle.key, surface.unproject([at[0] + step[0] * far, at[1] + step[1] * far]), true);
    } else if (event.key === "Delete" && onDelete !== undefined) {
      onDelete(handle.key);
    } else if (event.key === "Enter" && handle.look === "middle") {
      onPick?.(handle.key);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      class={`knob${handle.text === "" ? " knob-corner" : ""}${handle.look === undefined ? "" : ` knob-${handle.look}`}`}
      style={{ transform: `translate(${at[0]}px, ${at[1]}px)` }}
      data-handle={handle.key}
      aria-label={handle.label}
      title={handle.label}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={key}
    >
      {handle.text}
    </button>
  );
}
