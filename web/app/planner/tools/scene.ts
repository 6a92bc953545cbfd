import type { Boundary, Point } from "../coverage/types";

/** What a tool wants to be seen over the map. It is drawn anew with every move of the map or the pointer. */
export interface Scene {
  areas?: readonly { boundary: Boundary; look: AreaLook }[];
  lines?: readonly { points: readonly Point[]; look: LineLook }[];
  dots?: readonly { at: Point; look: DotLook }[];
  labels?: readonly { at: Point; text: string; look?: "bad" | "quiet" }[];
}

export type AreaLook = "live" | "bad" | "new" | "theirs" | "yours" | "chosen" | "gap";
export type LineLook = "draw" | "next" | "edge" | "bad" | "ghost";
export type DotLook = "corner" | "junction" | "middle" | "hot" | "chosen" | "snap" | "bad" | "draw";

export const nothing: Scene = {};

export function both(...scenes: readonly Scene[]): Scene {
  return {
    areas: scenes.flatMap(({ areas }) => areas ?? []),
    lines: scenes.flatMap(({ lines }) => lines ?? []),
    dots: scenes.flatMap(({ dots }) => dots ?? []),
    labels: scenes.flatMap(({ labels }) => labels ?? []),
  };
}
