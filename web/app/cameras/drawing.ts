import { useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import type { Handle, Shape } from "./Layer";
import type { Point } from "./points";

/** A ring that is being drawn, corner by corner. */
export interface Drawing {
  on: boolean;
  shapes: Shape[];
  handles: Handle[];
  toggle(): void;
  place(at: Point): void;
  /** The first corner, clicked again, ends the ring. */
  pick(key: string): void;
  finish(): void;
  cancel(): void;
  back(): void;
}

const fewest = 3;

export function useDrawing(onDone: (ring: readonly Point[]) => void): Drawing {
  const words = useWords();
  const [ring, setRing] = useState<readonly Point[] | null>(null);
  const finish = () => {
    if (ring === null || ring.length < fewest) return;
    setRing(null);
    onDone(ring);
  };
  return {
    on: ring !== null,
    shapes: ring === null ? [] : [{ key: "drawing", kind: "draft", ring, open: true }],
    handles: (ring ?? []).map((at, i) => ({
      key: `new-${i}`,
      at,
      text: "",
      label: words.fencing.vertex(i + 1),
    })),
    toggle: () => setRing(ring === null ? [] : null),
    place: (at) => ring !== null && setRing([...ring, at]),
    pick: (key) => key === "new-0" && finish(),
    finish,
    cancel: () => setRing(null),
    back: () => ring !== null && setRing(ring.slice(0, -1)),
  };
}

/** The corners of a finished ring as handles that are dragged and deleted; three stay. */
export function cornerKeys(
  label: (n: number) => string,
  onChange: (ring: { now: readonly Point[]; first: boolean }) => void,
) {
  return {
    handles: (ring: readonly Point[]): Handle[] =>
      ring.map((at, i) => ({ key: `corner-${i}`, at, text: "", label: label(i + 1) })),
    move: (ring: readonly Point[], key: string, to: Point, first: boolean) => {
      const i = index(key);
      if (i !== null) onChange({ now: ring.map((at, k) => (k === i ? to : at)), first });
    },
    remove: (ring: readonly Point[], key: string) => {
      const i = index(key);
      if (i !== null && ring.length > fewest) onChange({ now: ring.filter((_, k) => k !== i), first: true });
    },
  };
}

function index(key: string): number | null {
  const found = /^corner-(\d+)$/.exec(key);
  return found === null ? null : Number(found[1]);
}
