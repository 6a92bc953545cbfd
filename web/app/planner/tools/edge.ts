import { lonlat } from "../coverage/plane";
import type { Change, Command, Point, Refusal } from "../coverage/types";
import { type Edge, nearestEdge } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, isRefusal, outcome, type Pointer, reach, type Tool } from "./tool";

/** 移边: drags a whole border segment, and both of its grids follow. */
export class EdgeTool implements Tool {
  readonly name = "edge";
  #hot: Edge | null = null;
  #drag: { edge: Edge; from: Point; by: Point; result: Change | Refusal | null } | null = null;

  constructor(private readonly desk: Desk) {}

  press(pointer: Pointer): boolean {
    const edge = nearestEdge(this.desk.field, pointer.at, this.desk.surface, reach(pointer));
    if (edge === null) return false;
    this.#drag = { edge, from: pointer.at, by: [0, 0], result: null };
    return true;
  }

  move(pointer: Pointer): void {
    const drag = this.#drag;
    if (drag === null) {
      this.#hot = pointer.touch
        ? null
        : nearestEdge(this.desk.field, pointer.at, this.desk.surface, reach(pointer));
    } else {
      drag.by = [pointer.at[0] - drag.from[0], pointer.at[1] - drag.from[1]];
      drag.result = this.desk.preview(commandOf(drag.edge, drag.by));
    }
    this.desk.redraw();
  }

  release(pointer: Pointer): void {
    const drag = this.#drag;
    if (drag === null) return;
    this.move(pointer);
    this.#drag = null;
    if (drag.by[0] !== 0 || drag.by[1] !== 0) this.desk.run(commandOf(drag.edge, drag.by));
  }

  click(): void {
    this.#drag = null;
  }

  scene(): Scene {
    const drag = this.#drag;
    if (drag === null) {
      return this.#hot === null ? {} : { lines: [{ points: [this.#hot.a, this.#hot.b], look: "edge" }] };
    }
    const { edge, by, result } = drag;
    const shift = ([x, y]: Point): Point => [x + by[0], y + by[1]];
    const bad = result !== null && isRefusal(result);
    return both(result === null ? {} : outcome(result), {
      lines: [
        { points: [edge.a, edge.b], look: "ghost" },
        { points: [shift(edge.a), shift(edge.b)], look: bad ? "bad" : "edge" },
      ],
    });
  }

  cancel(): boolean {
    const busy = this.#drag !== null;
    this.#drag = null;
    return busy;
  }

  cursor(): string {
    return this.#drag !== null ? "grabbing" : this.#hot === null ? "" : "move";
  }
}

function commandOf({ a, b }: Edge, by: Point): Command {
  return { op: "move_edge", edge: [lonlat(a), lonlat(b)], by: lonlat(by) };
}
