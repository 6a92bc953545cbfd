import type { ComponentChildren } from "preact";
import type { Handle, Shape } from "../map/Layer";
import type { Point } from "../map/points";

/** What one of the two panes shows and takes while a tool is in hand. */
export interface Side {
  shapes: readonly Shape[];
  handles: readonly Handle[];
  /** What a click does now; null is nothing. */
  hint: string | null;
  onPlace(at: Point): void;
  onMove(key: string, to: Point, first: boolean): void;
  onDelete(key: string): void;
  onPick(key: string): void;
}

/** One tab's way of working on the picture and the map. */
export interface Tool {
  frame: Side;
  map: Side;
  panel: ComponentChildren;
  /** There is something that is not saved. */
  changed: boolean;
  /** A ring is being drawn: the keys are its. */
  drawing?: boolean;
  /** Ctrl+Z, Enter, Escape and Backspace, where they mean something. */
  undo?: () => void;
  finish?: () => void;
  cancel?: () => void;
  back?: () => void;
}

const nothing = () => {};

/** A side that takes nothing. */
export const idle: Side = {
  shapes: [],
  handles: [],
  hint: null,
  onPlace: nothing,
  onMove: nothing,
  onDelete: nothing,
  onPick: nothing,
};
