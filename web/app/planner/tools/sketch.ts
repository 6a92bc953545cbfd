import { colour, theme } from "../../theme/theme";
import type { Point } from "../coverage/types";
import type { AreaLook, DotLook, LineLook, Scene } from "./scene";
import type { Surface } from "./surface";

const font =
  '13px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "WenQuanYi Zen Hei", sans-serif';

interface Stroke {
  hue: string;
  width: number;
  dash?: readonly number[];
  fill?: number;
}

const hues = new Map<string, string>();
theme.watch(() => hues.clear());

/** A colour token's value; asked of the document once a theme. */
function hue(token: string): string {
  let value = hues.get(token);
  if (value === undefined) {
    value = colour(token);
    hues.set(token, value);
  }
  return value;
}

const areas: Record<AreaLook, Stroke> = {
  live: { hue: "focus", width: 2.4, fill: 0.14 },
  bad: { hue: "bad", width: 2.4, fill: 0.16 },
  new: { hue: "good", width: 2.4, fill: 0.2 },
  chosen: { hue: "text", width: 2.4 },
  gap: { hue: "warn", width: 2, fill: 0.3 },
  theirs: { hue: "warn", width: 2.6, dash: [8, 5], fill: 0.1 },
  yours: { hue: "focus", width: 2.6, fill: 0.12 },
};

const lines: Record<LineLook, Stroke> = {
  draw: { hue: "warn", width: 2.4 },
  next: { hue: "warn", width: 1.8, dash: [5, 5] },
  edge: { hue: "focus", width: 4 },
  bad: { hue: "bad", width: 3 },
  ghost: { hue: "muted", width: 1.4, dash: [3, 4] },
};

/** Draws a scene over the map. The canvas takes no pointer: what is under it is the map. */
export class Sketch {
  readonly #canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  draw(scene: Scene, surface: Surface): void {
    const canvas = this.#canvas;
    const pen = canvas.getContext("2d");
    if (pen === null) return;
    const { clientWidth, clientHeight } = canvas;
    const density = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * density), Math.round(clientHeight * density)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, clientWidth, clientHeight);
    pen.lineJoin = "round";
    const path = (points: readonly Point[], closed: boolean) => {
      points.forEach((point, i) => {
        const [x, y] = surface.project(point);
        if (i === 0) pen.moveTo(x, y);
        else pen.lineTo(x, y);
      });
      if (closed) pen.closePath();
    };
    for (const { boundary, look } of scene.areas ?? []) {
      pen.beginPath();
      for (const ring of boundary.flat()) path(ring, true);
      stroke(pen, areas[look], "evenodd");
    }
    for (const { points, look } of scene.lines ?? []) {
      pen.beginPath();
      path(points, false);
      stroke(pen, lines[look]);
    }
    for (const { at, look } of scene.dots ?? []) dot(pen, surface.project(at), look);
    for (const { at, text, look } of scene.labels ?? []) label(pen, surface.project(at), text, look);
  }
}

function stroke(pen: CanvasRenderingContext2D, look: Stroke, rule?: CanvasFillRule): void {
  const ink = hue(look.hue);
  if (look.fill !== undefined) {
    pen.globalAlpha = look.fill;
    pen.fillStyle = ink;
    pen.fill(rule);
    pen.globalAlpha = 1;
  }
  pen.setLineDash([]);
  pen.strokeStyle = hue("map-ground");
  pen.lineWidth = look.width + 2;
  pen.globalAlpha = 0.6;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.setLineDash([...(look.dash ?? [])]);
  pen.strokeStyle = ink;
  pen.lineWidth = look.width;
  pen.stroke();
  pen.setLineDash([]);
}

function dot(pen: CanvasRenderingContext2D, [x, y]: readonly [number, number], look: DotLook): void {
  pen.lineWidth = 1.6;
  pen.strokeStyle = hue("map-ground");
  pen.fillStyle = hue("text");
  pen.beginPath();
  switch (look) {
    case "corner":
      pen.rect(x - 3, y - 3, 6, 6);
      break;
    case "junction":
      pen.rect(x - 4.5, y - 4.5, 9, 9);
      break;
    case "middle":
      plus(pen, x, y);
      return;
    case "snap":
      pen.strokeStyle = hue("good");
      pen.lineWidth = 2.4;
      pen.arc(x, y, 9, 0, 7);
      pen.stroke();
      return;
    case "bad":
      pen.strokeStyle = hue("bad");
      pen.lineWidth = 3;
      pen.arc(x, y, 12, 0, 7);
      pen.moveTo(x - 6, y - 6);
      pen.lineTo(x + 6, y + 6);
      pen.moveTo(x + 6, y - 6);
      pen.lineTo(x - 6, y + 6);
      pen.stroke();
      return;
    case "draw":
      pen.fillStyle = hue("warn");
      pen.arc(x, y, 4.5, 0, 7);
      break;
    case "chosen":
      pen.fillStyle = hue("accent");
      pen.strokeStyle = hue("text");
      pen.rect(x - 6, y - 6, 12, 12);
      break;
    case "hot":
      pen.fillStyle = hue("focus");
      pen.rect(x - 6, y - 6, 12, 12);
      break;
  }
  pen.fill();
  pen.stroke();
}

/** A new vertex can be drawn out of an edge here. */
function plus(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.fillStyle = hue("panel");
  pen.strokeStyle = hue("focus");
  pen.arc(x, y, 7, 0, 7);
  pen.fill();
  pen.moveTo(x - 3.5, y);
  pen.lineTo(x + 3.5, y);
  pen.moveTo(x, y - 3.5);
  pen.lineTo(x, y + 3.5);
  pen.stroke();
}

function label(
  pen: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  text: string,
  look: "bad" | "quiet" | undefined,
): void {
  pen.font = font;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineWidth = 4;
  pen.strokeStyle = hue("map-ground");
  pen.fillStyle = hue(look === "bad" ? "bad" : look === "quiet" ? "muted" : "text");
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}
