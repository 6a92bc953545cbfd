import { useLayoutEffect, useState } from "preact/hooks";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import { cornerKeys, type Drawing, useDrawing } from "../../map/drawing";
import type { Handle, Shape } from "../../map/Layer";
import { onMap, type Point } from "../../map/points";
import { useLatest } from "../../state/hooks";
import { type Edited, useEdited } from "../../things/useEdited";
import type { Drawn, Outline, Trade } from "./trades";

/** A click nearer to the last corner is the second of a double click. */
const twicePx = 5;

export interface DrawnBench<T> {
  edited: Edited<T>;
  drawing: Drawing;
  /** A click on the map sets the spot now. */
  placing: boolean;
  shapes: Shape[];
  handles: Handle[];
  /** A corner of the ring is chosen: it can be deleted without a keyboard. */
  corner: boolean;
  /** Begins to draw: a new thing, or the one in hand anew. */
  draw(as: "area" | "spot"): void;
  /** Gives up what is being drawn; reports whether there was anything. */
  cancel(): boolean;
  move(key: string, to: Point, first: boolean): void;
  pick(key: string): void;
  remove(key: string): void;
  removeCorner(): void;
}

/** Drawing on the planner's map: a ring or a spot, new or of the thing in hand, and its corners afterwards. */
export function useDrawnBench<T extends Drawn>(map: CityMap, trade: Trade<T>): DrawnBench<T> {
  const words = useWords();
  const edited = useEdited<T>();
  const { now } = edited;
  const [placing, setPlacing] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const done = (drawn: Outline) =>
    now === null ? edited.make(trade.fresh(drawn)) : edited.put(trade.redrawn(now, drawn));
  const drawing = useDrawing((area) => done({ area, spot: null }));
  const ring = now?.area ?? null;
  const spot = now?.spot ?? null;
  const corners = cornerKeys(words.fencing, ({ now: area, first }) => {
    if (now !== null) edited.put({ ...now, area }, first);
  });
  const busy = drawing.on || placing;

  useMapPointer(map, busy, {
    click: (at, px) => {
      if (placing) {
        setPlacing(false);
        done({ area: null, spot: at });
        return;
      }
      const last = drawing.ring.at(-1);
      if (last !== undefined) {
        const { x, y } = map.gl.project([last[0], last[1]]);
        if (Math.hypot(px[0] - x, px[1] - y) < twicePx) return;
      }
      drawing.place(at);
    },
    hover: drawing.hover,
    twice: drawing.finish,
  });

  const remove = (key: string) => {
    setChosen(null);
    if (ring !== null) corners.remove(ring, key);
  };
  return {
    edited,
    drawing,
    placing,
    shapes: [
      ...(now === null || ring === null || drawing.on ? [] : [shapeOf(now, ring, trade.look)]),
      ...drawing.shapes,
    ],
    handles: drawing.on
      ? drawing.handles
      : placing
        ? []
        : ring !== null
          ? corners.handles(ring).map((one) => (one.key === chosen ? { ...one, look: "chosen" } : one))
          : spot !== null
            ? [{ key: "spot", at: spot, text: "", label: words.things.moving, look: "spot" }]
            : [],
    corner: chosen !== null && !busy,
    draw: (as) => {
      setChosen(null);
      setPlacing(as === "spot");
      if (as === "area") drawing.start();
      else drawing.cancel();
    },
    cancel: () => {
      setPlacing(false);
      drawing.cancel();
      return busy;
    },
    move: (key, to, first) => {
      if (now === null) return;
      if (key === "spot") edited.put({ ...now, spot: to }, first);
      else if (ring !== null) corners.move(ring, key, to, first);
    },
    pick: (key) => {
      if (drawing.on) drawing.pick(key);
      else if (ring !== null && key.startsWith("middle")) corners.pick(ring, key);
      else setChosen(key === chosen ? null : key);
    },
    remove,
    removeCorner: () => chosen !== null && remove(chosen),
  };
}

function shapeOf({ id, name, rule }: Drawn, ring: readonly Point[], kind: Shape["kind"]): Shape {
  return {
    key: `edited-${id}`,
    kind,
    ring,
    label: name,
    chosen: true,
    ...(rule === undefined ? {} : { rule }),
  };
}

interface Pointer {
  click(at: Point, px: readonly [number, number]): void;
  hover(at: Point | null): void;
  twice(): void;
}

/** While something is drawn the map's clicks are its own, and a double click does not zoom. */
function useMapPointer({ gl }: CityMap, on: boolean, pointer: Pointer): void {
  const latest = useLatest(pointer);
  // Before anybody can click on what the hint asks for.
  useLayoutEffect(() => {
    if (!on) return;
    const box = gl.getContainer();
    const click = ({
      lngLat,
      point: { x, y },
    }: {
      lngLat: { lng: number; lat: number };
      point: { x: number; y: number };
    }) => latest.current.click(onMap([lngLat.lng, lngLat.lat]), [x, y]);
    const hover = ({ lngLat }: { lngLat: { lng: number; lat: number } }) =>
      latest.current.hover([lngLat.lng, lngLat.lat]);
    const leave = () => latest.current.hover(null);
    const twice = () => latest.current.twice();
    gl.on("click", click);
    gl.on("mousemove", hover);
    gl.on("mouseout", leave);
    gl.on("dblclick", twice);
    gl.doubleClickZoom.disable();
    box.dataset.cursor = "crosshair";
    return () => {
      gl.off("click", click);
      gl.off("mousemove", hover);
      gl.off("mouseout", leave);
      gl.off("dblclick", twice);
      gl.doubleClickZoom.enable();
      delete box.dataset.cursor;
    };
  }, [gl, on]);
}
