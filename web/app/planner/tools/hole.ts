import { lonlat } from "../coverage/plane";
import type { Change, Point, Refusal } from "../coverage/types";
import { gridAt } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, outcome, type Pointer, type Tool } from "./tool";

/** 补洞: first the ground that nobody has, then the grid that gets it. */
export class HoleTool implements Tool {
  readonly name = "hole";
  #at: Point | null = null;
  #result: Change | Refusal | null = null;

  constructor(private readonly desk: Desk) {}

  get drawing(): number {
    return this.#at === null ? 0 : 1;
  }

  move(pointer: Pointer): void {
    if (this.#at === null || pointer.touch) return;
    const code = gridAt(this.desk.field, pointer.at)?.code;
    this.#result =
      code === undefined ? null : this.desk.preview({ op: "assign_hole", at: lonlat(this.#at), code });
    this.desk.redraw();
  }

  click(pointer: Pointer): void {
    const grid = gridAt(this.desk.field, pointer.at);
    if (grid === null) this.#at = pointer.at;
    else if (this.#at !== null) {
      this.desk.run({ op: "assign_hole", at: lonlat(this.#at), code: grid.code });
      this.#at = null;
    }
    this.#result = null;
    this.desk.redraw();
  }

  scene(): Scene {
    const at = this.#at;
    if (at === null) return {};
    return both({ dots: [{ at, look: "hot" }] }, this.#result === null ? {} : outcome(this.#result));
  }

  cancel(): boolean {
    const busy = this.#at !== null;
    this.#at = null;
    this.#result = null;
    return busy;
  }

  cursor(): string {
    return "crosshair";
  }
}
