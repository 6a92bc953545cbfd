import { boundaryM2 } from "../coverage/measure";
import { between, centre, closed, lengthM, lineM, lonlat } from "../coverage/plane";
import type { Change, Command, Lonlat, Point, Refusal } from "../coverage/types";
import { gridAt } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, isRefusal, outcome, type Pointer, type Tool, type ToolName } from "./tool";

/** What becomes of a drawn line. */
interface Purpose {
  readonly name: ToolName;
  /** The command of the line so far; null while it cannot be one. */
  command(line: readonly Point[], desk: Desk): Command | null;
  /** The line has an inside of its own: its area is told. */
  readonly area: boolean;
  /** A finished line stays in sight until the next begins. */
  readonly stays: boolean;
}

/** A line that is drawn point by point, with its lengths, and what it would do seen at once. */
export class LineTool implements Tool {
  readonly name: ToolName;
  #line: Point[] = [];
  #next: Point | null = null;
  #snapped = false;
  #result: Change | Refusal | null = null;
  #done = false;

  constructor(
    private readonly desk: Desk,
    private readonly purpose: Purpose,
  ) {
    this.name = purpose.name;
  }

  get drawing(): number {
    return this.#done ? 0 : this.#line.length;
  }

  move(pointer: Pointer): void {
    if (pointer.touch) return;
    const { at, to } = pointer.free ? { at: pointer.at, to: null } : this.desk.snap(pointer.at);
    this.#next = at;
    this.#snapped = to !== null;
    if (this.#line.length > 0) this.#try([...this.#line, at]);
    this.desk.redraw();
  }

  click(pointer: Pointer): void {
    if (this.#done) this.#begin();
    const { at } = pointer.free ? { at: pointer.at } : this.desk.snap(pointer.at);
    const last = this.#line.at(-1);
    // The second press of a double click adds nothing.
    if (last !== undefined && this.desk.surface.pixels(last, at) < 3) return;
    this.#line.push(at);
    this.#next = null;
    this.#try(this.#line);
    this.desk.redraw();
  }

  doubleClick(): void {
    this.finish();
  }

  key(key: string): boolean {
    if (this.#line.length === 0) return false;
    if (key === "Enter") this.finish();
    else if (key === "Backspace" || key === "Delete") this.back();
    else return false;
    return true;
  }

  finish(): void {
    if (this.#line.length < 2) return;
    const command = this.purpose.command(this.#line, this.desk);
    if (this.purpose.stays) {
      this.#done = true;
      this.#next = null;
    } else {
      this.#begin();
      if (command !== null) this.desk.run(command);
    }
    this.desk.redraw();
  }

  back(): void {
    this.#line.pop();
    this.#try(this.#line);
    this.desk.redraw();
  }

  cancel(): boolean {
    const busy = this.#line.length > 0;
    this.#begin();
    return busy;
  }

  cursor(): string {
    return "crosshair";
  }

  scene(): Scene {
    const line = this.#line;
    const next = this.#next;
    const last = line.at(-1);
    const bad = this.#result !== null && isRefusal(this.#result) && line.length + (next === null ? 0 : 1) > 1;
    return both(
      this.#result === null ? {} : outcome(this.#result),
      {
        lines: [
          { points: line, look: bad ? "bad" : "draw" },
          ...(last === undefined || next === null ? [] : [{ points: [last, next], look: "next" } as const]),
        ],
        dots: [
          ...line.map((at) => ({ at, look: "draw" }) as const),
          ...(next === null ? [] : [{ at: next, look: this.#snapped ? "snap" : "draw" } as const]),
        ],
      },
      this.#figures(next === null ? line : [...line, next]),
      this.#parts(),
    );
  }

  #figures(line: readonly Point[]): Scene {
    const area = this.purpose.area && line.length > 2 ? Math.abs(boundaryM2([[closed(line)]])) : null;
    return figures(this.desk, line, area, line.length > 2 ? lineM(line) : null);
  }

  /** How large each part becomes. */
  #parts(): Scene {
    const result = this.#result;
    if (result === null || isRefusal(result)) return {};
    return {
      labels: result.after.map(({ boundary }) => ({
        at: centre(boundary[0]?.[0] ?? []),
        text: this.desk.area(boundaryM2(boundary)),
      })),
    };
  }

  #begin(): void {
    this.#line = [];
    this.#next = null;
    this.#result = null;
    this.#done = false;
  }

  #try(line: readonly Point[]): void {
    const command = line.length < 2 ? null : this.purpose.command(line, this.desk);
    const result = command === null ? null : this.desk.preview(command);
    // A line that is not through yet is no mistake.
    this.#result = result !== null && isRefusal(result) && result.rule === "no_crossing" ? null : result;
  }
}

/** The length of each stretch at its middle, and that of the whole and its area at the end, where they are given. */
export function figures(
  { length, area, surface }: Desk,
  line: readonly Point[],
  m2: number | null,
  wholeM: number | null,
): Scene {
  const labels = line.slice(1).map((b, i) => {
    const a = line[i] as Point;
    return { at: between(a, b, 0.5), text: length(lengthM(a, b)) };
  });
  const sums = [wholeM === null ? [] : [`Σ ${length(wholeM)}`], m2 === null ? [] : [area(m2)]].flat();
  const last = line.at(-1);
  if (last !== undefined && sums.length > 0) {
    const [x, y] = surface.project(last);
    labels.push({ at: surface.unproject([x, y + 22]), text: sums.join(" · ") });
  }
  return { labels };
}

/** The grid that a line is meant for: the one that is chosen, else the one in which most of the line lies. */
function target(line: readonly Point[], { chosen, field }: Desk): string | null {
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only;
  const metres = new Map<string, number>();
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1] as Point, line[i] as Point];
    for (const share of [0.17, 0.5, 0.83]) {
      const code = gridAt(field, between(a, b, share))?.code;
      if (code !== undefined) metres.set(code, (metres.get(code) ?? 0) + lengthM(a, b) / 3);
    }
  }
  return [...metres].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

const positions = (line: readonly Point[]): Lonlat[] => line.map(lonlat);

/** 分割: the larger part keeps the code, the service numbers the other. */
export const splitting: Purpose = {
  name: "split",
  area: false,
  stays: false,
  command: (line, desk) => {
    const code = target(line, desk);
    if (code === null) return null;
    return { op: "split", code, line: positions(line), new: desk.named(code) };
  },
};

/** 重塑: the border between the line's first and last crossing becomes the line. */
export const reshaping: Purpose = {
  name: "reshape",
  area: false,
  stays: false,
  command: (line, desk) => {
    const code = target(line, desk);
    return code === null ? null : { op: "reshape", code, line: positions(line) };
  },
};

/** 测量: lengths and the area inside, and nothing else. */
export const measuring: Purpose = { name: "measure", area: true, stays: true, command: () => null };
