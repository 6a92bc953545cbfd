import { gridAt } from "./pick";
import type { Scene } from "./scene";
import type { Desk, Pointer, Tool } from "./tool";

/** 选择: a click chooses a grid, with Shift it adds one or leaves one out. */
export class ChooseTool implements Tool {
  constructor(
    private readonly desk: Desk,
    readonly name: "choose" | "snap",
  ) {}

  click({ at, add }: Pointer): void {
    const { desk } = this;
    const code = gridAt(desk.field, at)?.code;
    if (code === undefined) {
      if (!add) desk.choose([]);
    } else if (!add) desk.choose([code]);
    else if (desk.chosen.includes(code)) desk.choose(desk.chosen.filter((one) => one !== code));
    else desk.choose([...desk.chosen, code]);
  }

  scene(): Scene {
    return {};
  }

  cancel(): boolean {
    if (this.desk.chosen.length === 0) return false;
    this.desk.choose([]);
    return true;
  }
}
