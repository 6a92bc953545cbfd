import type { Change, Command, Grid, Refusal } from "../coverage/types";
import { gridAt } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, isRefusal, outcome, type Pointer, type Tool } from "./tool";

/** 合并: first the grid that stays, then the neighbour that goes into it. */
export class MergeTool implements Tool {
  readonly name = "merge";
  #hot: Grid | null = null;
  #result: Change | Refusal | null = null;

  constructor(private readonly desk: Desk) {}

  move(pointer: Pointer): void {
    const hot = pointer.touch ? null : gridAt(this.desk.field, pointer.at);
    if (hot?.code === this.#hot?.code) return;
    this.#hot = hot;
    const command = hot === null ? null : this.#command(hot.code);
    this.#result = command === null ? null : this.desk.preview(command);
    this.desk.redraw();
  }

  click(pointer: Pointer): void {
    const grid = gridAt(this.desk.field, pointer.at);
    if (grid === null) return;
    const command = this.#command(grid.code);
    if (command === null) this.desk.choose([grid.code]);
    else this.desk.run(command);
    this.#result = null;
    this.desk.redraw();
  }

  key(key: string): boolean {
    const [into, other] = this.desk.chosen;
    if (key !== "Enter" || into === undefined || other === undefined) return false;
    this.desk.run({ op: "merge", codes: [into, other], into });
    return true;
  }

  scene(): Scene {
    const hot = this.#hot;
    if (hot === null) return {};
    const result = this.#result;
    const bad = result !== null && isRefusal(result);
    return both(
      { areas: [{ boundary: hot.boundary, look: bad ? "bad" : "live" }] },
      result === null ? {} : outcome(result),
    );
  }

  cancel(): boolean {
    this.#hot = null;
    this.#result = null;
    if (this.desk.chosen.length === 0) return false;
    this.desk.choose([]);
    return true;
  }

  cursor(): string {
    return "pointer";
  }

  #command(code: string): Command | null {
    const [into] = this.desk.chosen;
    if (into === undefined || into === code) return null;
    return { op: "merge", codes: [into, code], into };
  }
}
