import { lineM } from "../coverage/plane";
import type { Point } from "../coverage/types";
import { groundM2, groundOf, leastPoints, type RoadPlan } from "../roads/plan";
import { figures } from "./line";
import { snap } from "./pick";
import { both, type Scene } from "./scene";
import { type Desk, type Pointer, reach, type Tool } from "./tool";

/** 铺路: draws a section's centre line or its own polygon, then moves its points; the ground is seen at once. */
export class RoadTool implements Tool {
  readonly name = "road";
  #next: Point | null = null;
  #snapped = false;
  /** The point that is dragged, by its place in the line. */
  #drag: number | null = null;
  #chosen: number | null = null;

  constructor(private readonly desk: Desk) {}

  get drawing(): number {
    const { points, done } = this.#plan;
    return done ? 0 : points.length;
  }

  press(pointer: Pointer): boolean {
    const { points, done } = this.#plan;
    if (!done) return false;
    const far = (at: Point) => this.desk.surface.pixels(at, pointer.at);
    const near = nearest(points, far, reach(pointer));
    if (near !== null) {
      this.#drag = near;
      return true;
    }
    const middles = this.#middles();
    const middle = nearest(middles, far, reach(pointer));
    if (middle === null) return false;
    this.#put(points.toSpliced(middle + 1, 0, middles[middle] as Point));
    this.#drag = middle + 1;
    return true;
  }

  move(pointer: Pointer): void {
    if (this.#plan.done && this.#drag === null) return;
    const at = this.#snap(pointer);
    if (this.#drag !== null) this.#put(this.#plan.points.with(this.#drag, at));
    else if (!pointer.touch) this.#next = at;
    this.desk.redraw();
  }

  release(pointer: Pointer): void {
    this.move(pointer);
    this.#chosen = this.#drag;
    this.#drag = null;
    this.#snapped = false;
  }

  click(pointer: Pointer): void {
    const { points, done } = this.#plan;
    if (done) {
      this.#chosen = this.#drag;
      this.#drag = null;
      return;
    }
    const at = this.#snap(pointer);
    const last = points.at(-1);
    // The second press of a double click adds nothing.
    if (last !== undefined && this.desk.surface.pixels(last, at) < 3) return;
    this.#next = null;
    this.#put([...points, at]);
  }

  doubleClick(): void {
    if (!this.#plan.done) this.finish();
  }

  key(key: string): boolean {
    const { points, done } = this.#plan;
    if (key === "Enter" && !done && points.length > 0) this.finish();
    else if (key !== "Backspace" && key !== "Delete") return false;
    else if (!done && points.length > 0) this.back();
    else if (done && this.#chosen !== null) this.#leaveOut(this.#chosen);
    else return false;
    return true;
  }

  finish(): void {
    const { points, way } = this.#plan;
    if (points.length < leastPoints(way)) return;
    this.#next = null;
    this.#change({ done: true });
  }

  back(): void {
    this.#put(this.#plan.points.slice(0, -1));
  }

  cancel(): boolean {
    this.#next = null;
    this.#drag = null;
    const { points, grid } = this.#plan;
    if (points.length === 0 || grid !== null) return false;
    this.#change({ points: [], done: false });
    return true;
  }

  cursor(): string {
    if (this.#drag !== null) return "grabbing";
    return this.#plan.done ? "" : "crosshair";
  }

  scene(): Scene {
    const plan = this.#plan;
    const { points, done, way } = plan;
    const line = this.#next === null ? points : [...points, this.#next];
    const ground = groundOf(plan, line);
    const outline = way === "ground" && done && points[0] !== undefined ? [...points, points[0]] : points;
    const last = points.at(-1);
    return both(
      { lines: this.#others() },
      ground === null ? {} : { areas: [{ boundary: ground, look: "new" }] },
      {
        lines: [
          { points: outline, look: "draw" },
          ...(last === undefined || this.#next === null
            ? []
            : [{ points: [last, this.#next], look: "next" } as const]),
        ],
        dots: [
          ...(done ? this.#middles().map((at) => ({ at, look: "middle" }) as const) : []),
          ...points.map((at, i) => ({ at, look: i === this.#chosen ? "chosen" : "draw" }) as const),
          ...this.#hints(),
        ],
      },
      figures(this.desk, line, ground === null ? null : groundM2(ground), lineM(line)),
    );
  }

  get #plan(): RoadPlan {
    return this.desk.road.get();
  }

  #change(change: Partial<RoadPlan>): void {
    this.desk.road.set({ ...this.#plan, ...change });
    this.desk.redraw();
  }

  #put(points: readonly Point[]): void {
    this.#change({ points });
  }

  #leaveOut(place: number): void {
    const { points, way } = this.#plan;
    if (points.length <= leastPoints(way)) return;
    this.#chosen = null;
    this.#put(points.toSpliced(place, 1));
  }

  /** A centre line keeps to other centre lines, so that roads meet; a polygon to the borders, as every border does. */
  #snap({ at, free }: Pointer): Point {
    this.#snapped = false;
    if (free) return at;
    const { surface, lines } = this.desk;
    const found = this.#plan.way === "line" ? snap(at, surface, lines, null) : this.desk.snap(at);
    this.#snapped = found.to !== null;
    return found.at;
  }

  /** The other sections' centre lines. */
  #others(): { points: readonly Point[]; look: "ghost" }[] {
    if (this.#plan.way !== "line") return [];
    const { lines, surface } = this.desk;
    return lines
      .within(surface.view)
      .filter(({ code }) => code !== this.#plan.grid)
      .flatMap(({ boundary }) => boundary.flat().map((points) => ({ points, look: "ghost" }) as const));
  }

  #hints(): { at: Point; look: "snap" | "draw" }[] {
    const at = this.#drag === null ? this.#next : (this.#plan.points[this.#drag] ?? null);
    return at === null ? [] : [{ at, look: this.#snapped ? "snap" : "draw" }];
  }

  /** Where a new point can be drawn out of the line. */
  #middles(): Point[] {
    const { points, way } = this.#plan;
    const [first] = points;
    const line = way === "ground" && first !== undefined ? [...points, first] : points;
    return line.slice(1).map((b, i) => {
      const a = line[i] as Point;
      return [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)];
    });
  }
}

/** The place of the nearest point within so many pixels. */
function nearest(points: readonly Point[], far: (at: Point) => number, px: number): number | null {
  let best: number | null = null;
  let least = px;
  points.forEach((at, i) => {
    if (far(at) >= least) return;
    least = far(at);
    best = i;
  });
  return best;
}
