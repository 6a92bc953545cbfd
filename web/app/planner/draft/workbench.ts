import type { CityMap } from "../../map/CityMap";
import { Value } from "../../state/value";
import { lonlat, pointOf } from "../coverage/plane";
import type { Command, Grid, Point } from "../coverage/types";
import { newRoad, planOf, type RoadPlan } from "../roads/plan";
import { take } from "../tools/belt";
import { type Field, gridAt, snap } from "../tools/pick";
import { both, nothing, type Scene } from "../tools/scene";
import { Sketch } from "../tools/sketch";
import { type Surface, surface } from "../tools/surface";
import type { Desk, Pointer, Tool, ToolName } from "../tools/tool";
import type { DraftSession } from "./session";

/** A press that moves less than this and is let go is a click. */
const clickPx = 4;

export interface BenchEvents {
  onChoose(codes: readonly string[]): void;
  length(m: number): string;
  area(m2: number): string;
  /** What the new part of a grid is called. */
  partOf(name: string): string;
}

/** The table on which a tool works: the map below, the sketch above it, and the pointer between. */
export class Workbench {
  readonly name = new Value<ToolName>("choose");
  /** The section of the road net that is drawn. */
  readonly road = new Value<RoadPlan>(newRoad);
  /** Points of the line that is being drawn. */
  readonly drawing = new Value(0);
  /** What lies under the pointer, for the line below the map. */
  readonly under = new Value<{ at: Point; code: string | null } | null>(null);
  readonly #map: CityMap;
  readonly #sketch: Sketch;
  readonly #desk: Desk;
  readonly #session: DraftSession;
  readonly #unwatch: (() => void)[] = [];
  #surface: Surface | null = null;
  #tool: Tool;
  #chosen: readonly string[] = [];
  #besides: Scene = nothing;
  #other: Field | null = null;
  #pressed: { id: number; px: readonly [number, number]; held: boolean } | null = null;
  #frame = 0;

  constructor(map: CityMap, canvas: HTMLCanvasElement, session: DraftSession, events: BenchEvents) {
    this.#map = map;
    this.#session = session;
    this.#sketch = new Sketch(canvas);
    const bench = this;
    this.#desk = {
      field: session.coverage,
      get surface() {
        return bench.#ground();
      },
      get chosen() {
        return bench.#chosen;
      },
      road: this.road,
      lines: { within: () => centreLines(session) },
      choose: events.onChoose,
      snap: (at, not) => snap(at, this.#ground(), session.coverage, this.#other, not ?? null),
      preview: (command: Command) => session.coverage.preview(command),
      run: (command: Command) => session.run(command),
      named: (code) => {
        const { name = "", kind = "", street = "" } = session.coverage.grid(code) ?? {};
        return { code: "", name: events.partOf(name), kind, street };
      },
      length: events.length,
      area: events.area,
      redraw: () => this.redraw(),
    };
    this.#tool = take("choose", this.#desk);
    this.#listen();
    this.#unwatch.push(session.turn.watch(() => this.redraw()));
    this.#unwatch.push(this.road.watch(() => this.redraw()));
  }

  stop(): void {
    for (const unwatch of this.#unwatch) unwatch();
    cancelAnimationFrame(this.#frame);
    const { gl } = this.#map;
    gl.doubleClickZoom.enable();
    gl.dragPan.enable();
    delete gl.getContainer().dataset.cursor;
  }

  take(name: ToolName): void {
    if (name === "road") this.#planRoad();
    this.#tool = take(name, this.#desk);
    this.name.set(name);
    const { doubleClickZoom } = this.#map.gl;
    if (["choose", "snap"].includes(name)) doubleClickZoom.enable();
    else doubleClickZoom.disable();
    this.redraw();
  }

  /** The one section that is chosen is changed; else a new one is drawn. */
  #planRoad(): void {
    const [code] = this.#chosen;
    const only = code === undefined || this.#chosen.length > 1 ? null : this.#session.feature(code);
    this.road.set(only === null ? newRoad : planOf(only));
  }

  choose(codes: readonly string[]): void {
    this.#chosen = codes;
    this.redraw();
  }

  /** What the page wants to be seen besides the tool: a refusal's place, both shapes of a conflict. */
  show(scene: Scene): void {
    this.#besides = scene;
    this.redraw();
  }

  /** The other net, whose borders are snapped to as well; null while it is not shown. */
  snapTo(other: Field | null): void {
    this.#other = other;
  }

  finish(): void {
    this.#tool.finish?.();
  }

  back(): void {
    this.#tool.back?.();
  }

  cancel(): boolean {
    const busy = this.#tool.cancel();
    this.redraw();
    return busy;
  }

  /** Reports whether the key meant something to the tool in hand. */
  key(key: string, shift: boolean): boolean {
    return this.#tool.key?.(key, shift) ?? false;
  }

  redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    this.#sketch.draw(both(this.#besides, this.#tool.scene()), this.#ground());
    this.#map.gl.getContainer().dataset.cursor = this.#tool.cursor?.() ?? "";
    this.drawing.set(this.#tool.drawing ?? 0);
  }

  /** The surface as the map lies now; made anew when it moved. */
  #ground(): Surface {
    const { gl } = this.#map;
    const { clientWidth, clientHeight } = gl.getContainer();
    this.#surface ??= surface(
      (at) => {
        const { x, y } = gl.project(lonlat(at));
        return [x, y];
      },
      ([x, y]) => {
        const { lng, lat } = gl.unproject([x, y]);
        return pointOf([lng, lat]);
      },
      clientWidth,
      clientHeight,
    );
    return this.#surface;
  }

  #listen(): void {
    const { gl } = this.#map;
    const box = gl.getCanvasContainer();
    const moved = () => {
      this.#surface = null;
      // In the same frame as the map, so that the sketch never swims.
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#draw();
    };
    const press = (event: PointerEvent) => this.#press(event);
    const move = (event: PointerEvent) => this.#move(event);
    const release = (event: PointerEvent) => this.#release(event);
    const lost = () => this.#letGo();
    const twice = (event: MouseEvent) => this.#tool.doubleClick?.(this.#pointer(event, false));
    const left = () => this.under.set(null);
    gl.on("move", moved);
    gl.on("resize", moved);
    box.addEventListener("pointerdown", press);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", release);
    box.addEventListener("pointercancel", lost);
    box.addEventListener("pointerleave", left);
    box.addEventListener("dblclick", twice);
    this.#unwatch.push(() => {
      gl.off("move", moved);
      gl.off("resize", moved);
      box.removeEventListener("pointerdown", press);
      box.removeEventListener("pointermove", move);
      box.removeEventListener("pointerup", release);
      box.removeEventListener("pointercancel", lost);
      box.removeEventListener("pointerleave", left);
      box.removeEventListener("dblclick", twice);
    });
  }

  #press(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (this.#pressed !== null) {
      // A second finger: the map is pinched, and nothing is drawn.
      this.#letGo();
      return;
    }
    const pointer = this.#pointer(event, event.pointerType === "touch");
    const held = this.#tool.press?.(pointer) ?? false;
    this.#pressed = { id: event.pointerId, px: pointer.px, held };
    if (held) {
      this.#map.gl.dragPan.disable();
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    }
  }

  #move(event: PointerEvent): void {
    const touch = event.pointerType === "touch";
    const pointer = this.#pointer(event, touch);
    this.under.set({ at: pointer.at, code: gridAt(this.#desk.field, pointer.at)?.code ?? null });
    const pressed = this.#pressed;
    if (pressed === null) this.#tool.move?.(pointer);
    else if (pressed.held && this.#isDrag(pointer)) this.#tool.move?.(pointer);
  }

  #release(event: PointerEvent): void {
    const pressed = this.#pressed;
    if (pressed === null || event.pointerId !== pressed.id) return;
    const pointer = this.#pointer(event, event.pointerType === "touch");
    const drag = this.#isDrag(pointer);
    this.#pressed = null;
    this.#map.gl.dragPan.enable();
    if (!drag) this.#tool.click?.(pointer);
    else if (pressed.held) this.#tool.release?.(pointer);
    this.redraw();
  }

  #letGo(): void {
    this.#pressed = null;
    this.#map.gl.dragPan.enable();
    this.#tool.cancel();
    this.redraw();
  }

  #isDrag({ px: [x, y] }: Pointer): boolean {
    const from = this.#pressed?.px;
    return from !== undefined && Math.hypot(x - from[0], y - from[1]) >= clickPx;
  }

  #pointer(event: MouseEvent, touch: boolean): Pointer {
    const { left, top } = this.#map.gl.getContainer().getBoundingClientRect();
    const px = [event.clientX - left, event.clientY - top] as const;
    return {
      at: this.#ground().unproject(px),
      px,
      touch,
      add: event.shiftKey || event.ctrlKey || event.metaKey,
      free: event.altKey,
    };
  }
}

/** The sections' centre lines as rings that run there and back: what can be asked for vertices and edges. */
function centreLines(session: DraftSession): Grid[] {
  return session.features().flatMap(({ properties: { code, name, kind, street, section } }) => {
    const line = section?.line.map(pointOf);
    return line === undefined
      ? []
      : [{ code, name, kind, street, boundary: [[[...line, ...line.toReversed()]]] }];
  });
}
