import { useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import type { Handle, Shape } from "./Layer";
import { between, type Point } from "./points";

/** A ring that is being drawn, corner by corner. */
export interface Drawing {
  on: boolean;
  /** The corners so far. */
  ring: readonly Point[];
  shapes: Shape[];
  handles: Handle[];
  start(): void;
  toggle(): void;
  place(at: Point): void;
  /** Where the next corner would be; null is nowhere. */
  hover(at: Point | null): void;
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
  const [next, setNext] = useState<Point | null>(null);
  const begin = (with_: readonly Point[] | null) => {
    setNext(null);
    setRing(with_);
  };
  const finish = () => {
    if (ring === null || ring.length < fewest) return;
    begin(null);
    onDone(ring);
  };
  const seen = ring === null || next === null ? ring : [...ring, next];
  return {
    on: ring !== null,
    ring: ring ?? [],
    shapes: seen === null ? [] : [{ key: "drawing", kind: "draft", ring: seen, open: true }],
    handles: (ring ?? []).map((at, i) => ({
      key: `new-${i}`,
      at,
      text: "",
      label: words.fencing.vertex(i + 1),
    })),
    start: () => begin([]),
    toggle: () => begin(ring === null ? [] : null),
    place: (at) => ring !== null && begin([...ring, at]),
    hover: (at) => ring !== null && ring.length > 0 && setNext(at),
    pick: (key) => key === "new-0" && finish(),
    finish,
    cancel: () => begin(null),
    back: () => ring !== null && begin(ring.slice(0, -1)),
  };
}

/**
 * The corners of a finished ring as handles that are dragged and deleted, of which three stay; and between them handles
 * out of which a new corner is drawn.
 */
export function cornerKeys(
  words: { vertex(n: number): string; between: string },
  onChange: (ring: { now: readonly Point[]; first: boolean }) => void,
) {
  const put = (ring: readonly Point[], at: number, corner: Point) =>
    onChange({ now: ring.toSpliced(at, 0, corner), first: true });
  return {
    handles: (ring: readonly Point[]): Handle[] => [
      ...ring.map((at, i): Handle => ({ key: `corner-${i}`, at, text: "", label: words.vertex(i + 1) })),
      ...ring.map((a, i): Handle => {
        const b = ring[(i + 1) % ring.length] ?? a;
        return {
          key: `middle-${i}`,
          at: between(a, b),
          text: "",
          label: words.between,
          look: "middle",
          edge: [a, b],
        };
      }),
    ],
    move: (ring: readonly Point[], key: string, to: Point, first: boolean) => {
      const corner = indexOf("corner", key);
      const edge = indexOf("middle", key);
      if (edge !== null && first) put(ring, edge + 1, to);
      // The drag goes on with the corner that its first move made.
      const moved = edge === null ? corner : edge + 1;
      if (moved !== null && (edge === null || !first))
        onChange({ now: ring.map((at, k) => (k === moved ? to : at)), first });
    },
    /** A click between two corners makes one there. */
    pick: (ring: readonly Point[], key: string) => {
      const edge = indexOf("middle", key);
      const a = edge === null ? undefined : ring[edge];
      if (edge === null || a === undefined) return;
      put(ring, edge + 1, between(a, ring[(edge + 1) % ring.length] ?? a));
    },
    remove: (ring: readonly Point[], key: string) => {
      const i = indexOf("corner", key);
      if (i !== null && ring.length > fewest) onChange({ now: ring.filter((_, k) => k !== i), first: true });
    },
  };
}

function indexOf(kind: "corner" | "middle", key: string): number | null {
  const [what, n] = key.split("-");
  return what === kind ? Number(n) : null;
}
