import { same } from "../coverage/exact";
import { boundaryM2 } from "../coverage/measure";
import { between, lonlat } from "../coverage/plane";
import type { Change, Command, Point, Refusal } from "../coverage/types";
import { type Corner, cornersIn, type Edge, edges, nearestCorner, nearestEdge } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, isRefusal, outcome, type Pointer, reach, type Tool } from "./tool";

/** More vertices than this in sight are a fog: none is drawn but the one under the pointer. */
const mostCorners = 900;
/** A shorter edge on the screen has no handle in its middle. */
const shortestPx = 56;

type Held = { kind: "corner"; from: Point; codes: readonly string[] } | { kind: "edge"; edge: Edge };

interface Drag {
  held: Held;
  to: Point;
  snapped: boolean;
  result: Change | Refusal | null;
}

/** 移点: drags a vertex with every grid that has it, draws a new one out of an edge, takes one away. */
export class CornerTool implements Tool {
  readonly name = "corner";
  #hot: Held | null = null;
  #chosen: Point | null = null;
  #drag: Drag | null = null;

  constructor(private readonly desk: Desk) {}

  press(pointer: Pointer): boolean {
    const held = this.#under(pointer);
    if (held === null) return false;
    const to = held.kind === "corner" ? held.from : held.edge.at;
    this.#drag = { held, to, snapped: false, result: null };
    this.desk.redraw();
    return true;
  }

  move(pointer: Pointer): void {
    const drag = this.#drag;
    if (drag === null) {
      const hot = pointer.touch ? null : this.#under(pointer);
      if (!alike(hot, this.#hot)) {
        this.#hot = hot;
        this.desk.redraw();
      } else if (hot?.kind === "edge") {
        this.#hot = hot;
        this.desk.redraw();
      }
      return;
    }
    const not = drag.held.kind === "corner" ? drag.held.from : undefined;
    const { at, to } = pointer.free ? { at: pointer.at, to: null } : this.desk.snap(pointer.at, not);
    drag.to = at;
    drag.snapped = to !== null;
    drag.result = this.desk.preview(commandOf(drag.held, at));
    this.desk.redraw();
  }

  release(pointer: Pointer): void {
    const drag = this.#drag;
    if (drag === null) return;
    this.move(pointer);
    this.#drag = null;
    this.#hot = null;
    if (drag.result !== null) {
      this.desk.run(commandOf(drag.held, drag.to));
      this.#chosen = isRefusal(drag.result) ? this.#chosen : drag.to;
    }
    this.desk.redraw();
  }

  /** A click without a drag chooses the vertex, or makes one on the edge where it was clicked. */
  click(pointer: Pointer): void {
    const held = this.#under(pointer);
    if (held?.kind === "corner") this.#chosen = held.from;
    else if (held?.kind === "edge") {
      this.desk.run(commandOf(held, held.edge.at));
      this.#chosen = held.edge.at;
    } else this.#chosen = null;
    this.#drag = null;
    this.desk.redraw();
  }

  key(key: string, shift: boolean): boolean {
    const at = this.#chosen ?? (this.#hot?.kind === "corner" ? this.#hot.from : null);
    if (at === null) return false;
    if (key === "Delete" || key === "Backspace") {
      this.desk.run({ op: "delete_vertex", at: lonlat(at) });
      this.#chosen = null;
      this.#hot = null;
      return true;
    }
    const way = arrows[key];
    if (way === undefined || this.#chosen === null) return false;
    const [x, y] = this.desk.surface.project(at);
    const far = shift ? 10 : 1;
    const to = this.desk.surface.unproject([x + way[0] * far, y + way[1] * far]);
    const command: Command = { op: "move_vertex", from: lonlat(at), to: lonlat(to) };
    if (!isRefusal(this.desk.preview(command))) this.#chosen = to;
    this.desk.run(command);
    return true;
  }

  scene(): Scene {
    const drag = this.#drag;
    if (drag !== null) return this.#dragScene(drag);
    const { surface, field, chosen } = this.desk;
    const all = cornersIn(field, surface.view, mostCorners) ?? [];
    const hot = this.#hot;
    return both(
      { dots: all.map(({ at, grids }) => ({ at, look: grids > 2 ? "junction" : "corner" })) },
      { dots: this.#middles(chosen) },
      this.#chosen === null ? {} : { dots: [{ at: this.#chosen, look: "chosen" }] },
      hot === null
        ? {}
        : hot.kind === "corner"
          ? { dots: [{ at: hot.from, look: "hot" }] }
          : {
              lines: [{ points: [hot.edge.a, hot.edge.b], look: "edge" }],
              dots: [{ at: hot.edge.at, look: "middle" }],
            },
    );
  }

  cancel(): boolean {
    const busy = this.#drag !== null || this.#chosen !== null;
    this.#drag = null;
    this.#chosen = null;
    return busy;
  }

  cursor(): string {
    if (this.#drag !== null) return "grabbing";
    return this.#hot === null ? "" : this.#hot.kind === "corner" ? "grab" : "copy";
  }

  #dragScene({ held, to, snapped, result }: Drag): Scene {
    const bad = result !== null && isRefusal(result);
    const arms = held.kind === "edge" ? [[held.edge.a, to, held.edge.b]] : [[held.from, to]];
    return both(
      result === null ? {} : outcome(result),
      {
        lines: arms.map((points) => ({
          points,
          look: bad ? "bad" : held.kind === "edge" ? "next" : "ghost",
        })),
      },
      { dots: [{ at: to, look: snapped ? "snap" : "hot" }] },
      result === null || isRefusal(result) ? {} : this.#shifts(result, to),
    );
  }

  /** How many square metres each grid wins or loses, written below the vertex. */
  #shifts({ before, after }: Change, to: Point): Scene {
    const { surface } = this.desk;
    const [x, y] = surface.project(to);
    const was = new Map(before.map((grid) => [grid.code, boundaryM2(grid.boundary)]));
    const told = after
      .map(({ code, name, boundary }) => ({ name, more: boundaryM2(boundary) - (was.get(code) ?? 0) }))
      .filter(({ more }) => Math.abs(more) >= 0.5);
    return {
      labels: told.map(({ name, more }, i) => ({
        at: surface.unproject([x, y + 28 + 20 * i]),
        text: `${name} ${more > 0 ? "+" : "−"}${this.desk.area(Math.abs(more))}`,
      })),
    };
  }

  /** Handles in the middle of the chosen grids' long edges: what a finger can find. */
  #middles(chosen: readonly string[]): { at: Point; look: "middle" }[] {
    const { surface, field } = this.desk;
    return field
      .within(surface.view)
      .filter(({ code }) => chosen.includes(code))
      .flatMap((grid) => [...edges(grid)])
      .filter(([a, b]) => surface.pixels(a, b) >= shortestPx)
      .map(([a, b]) => ({ at: between(a, b, 0.5), look: "middle" }));
  }

  #under(pointer: Pointer): Held | null {
    const { field, surface } = this.desk;
    const corner: Corner | null = nearestCorner(field, pointer.at, surface, reach(pointer));
    if (corner !== null) return { kind: "corner", from: corner.at, codes: corner.codes };
    const edge = nearestEdge(field, pointer.at, surface, pointer.touch ? 16 : 6);
    if (edge === null) return null;
    if (!pointer.touch) return { kind: "edge", edge };
    // A finger takes the handle in the middle only: elsewhere it moves the map.
    const at = between(edge.a, edge.b, 0.5);
    const grasped =
      edge.codes.some((code) => this.desk.chosen.includes(code)) &&
      surface.pixels(edge.a, edge.b) >= shortestPx &&
      surface.pixels(at, pointer.at) < reach(pointer);
    return grasped ? { kind: "edge", edge: { ...edge, at } } : null;
  }
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function commandOf(held: Held, to: Point): Command {
  return held.kind === "corner"
    ? { op: "move_vertex", from: lonlat(held.from), to: lonlat(to) }
    : { op: "insert_vertex", edge: [lonlat(held.edge.a), lonlat(held.edge.b)], at: lonlat(to) };
}

function alike(a: Held | null, b: Held | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === "corner") return b.kind === "corner" && same(a.from, b.from);
  return b.kind === "edge" && same(a.edge.a, b.edge.a) && same(a.edge.b, b.edge.b);
}
