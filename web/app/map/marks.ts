import { isHollow, shapePath, tickPath } from "../alerts/shape";
import { colour } from "../theme/theme";
import { imageName, type Look, looks } from "./rank";

/** Pixels of the screen for one of the map's. */
export const sharpness = 2;
const size = 52;
const cameraSize = 60;

export interface NamedImage {
  name: string;
  data: ImageData;
}

/** Every picture that the map's layers name, in the colours of the theme. */
export function images(): NamedImage[] {
  return [
    ...looks.map((look) => draw(imageName(look), size, (pen) => drawLook(pen, look))),
    draw("camera/online", cameraSize, (pen) => drawCamera(pen, "online")),
    draw("camera/unknown", cameraSize, (pen) => drawCamera(pen, "unknown")),
    draw("camera/offline", cameraSize, (pen) => drawCamera(pen, "offline")),
    draw("blind", 10, (pen) => drawHatch(pen, "device")),
    draw("permit", 10, (pen) => drawHatch(pen, "good")),
  ];
}

function draw(name: string, side: number, paint: (pen: CanvasRenderingContext2D) => void): NamedImage {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * sharpness;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) throw new Error("gridwatch: no 2d canvas");
  pen.scale(sharpness, sharpness);
  paint(pen);
  return { name, data: pen.getImageData(0, 0, canvas.width, canvas.height) };
}

function drawLook(pen: CanvasRenderingContext2D, { matter, variant }: Look): void {
  const hue = colour(matter);
  const halo = colour("map-ground");
  const shape = new Path2D(shapePath[matter]);
  pen.translate(size / 2 - 12, size / 2 - 12);
  pen.lineJoin = "round";
  pen.lineCap = "round";

  if (variant === "escalated" || variant === "taken-escalated") {
    for (const [radius, alpha] of [
      [15.5, 1],
      [20.5, 0.75],
    ] as const) {
      pen.globalAlpha = variant === "escalated" ? alpha : alpha * 0.7;
      pen.strokeStyle = hue;
      pen.lineWidth = 1.8;
      pen.beginPath();
      pen.arc(12, 12, radius, 0, Math.PI * 2);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  pen.strokeStyle = halo;
  pen.lineWidth = variant === "cleared" ? 5 : 4.5;
  pen.stroke(shape);
  if (variant === "cleared") {
    pen.globalAlpha = 0.5;
    pen.fillStyle = halo;
    pen.fill(shape);
    pen.globalAlpha = 1;
    pen.strokeStyle = hue;
    pen.lineWidth = 2;
    pen.stroke(shape);
    return;
  }
  const hollow = isHollow(matter);
  pen.fillStyle = hollow ? halo : hue;
  pen.fill(shape);
  pen.strokeStyle = hue;
  pen.lineWidth = hollow ? 3.4 : 1.4;
  pen.stroke(shape);
  if (variant === "taken" || variant === "taken-escalated") {
    pen.strokeStyle = hollow ? hue : colour("mark-ink");
    pen.lineWidth = 2.6;
    pen.stroke(new Path2D(tickPath[matter]));
  }
}

/**
 * A camera is a small hollow circle on a pole, so that it stands above the alerts that it saw; offline it is struck
 * through, and waiting for its first picture dashed. The pole's foot is the picture's bottom.
 */
function drawCamera(pen: CanvasRenderingContext2D, state: "online" | "offline" | "unknown"): void {
  const hue = state === "offline" ? colour("text") : colour("device");
  pen.translate(cameraSize / 2, 14);
  pen.strokeStyle = hue;
  pen.globalAlpha = 0.7;
  pen.lineWidth = 1.4;
  pen.beginPath();
  pen.moveTo(0, 9);
  pen.lineTo(0, cameraSize - 14);
  pen.stroke();
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.arc(0, 0, 9, 0, Math.PI * 2);
  pen.fillStyle = colour("map-ground");
  pen.fill();
  pen.strokeStyle = hue;
  pen.lineWidth = 1.8;
  if (state === "unknown") pen.setLineDash([3, 2.6]);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = hue;
  pen.fill(new Path2D("M-5.2-3H1.6V3H-5.2ZM2.4-0.6 5.2-2.4V2.4L2.4 0.6Z"));
  if (state !== "offline") return;
  pen.lineCap = "round";
  pen.strokeStyle = colour("map-ground");
  pen.lineWidth = 4.2;
  line(pen);
  pen.strokeStyle = hue;
  pen.lineWidth = 1.8;
  line(pen);
}

function line(pen: CanvasRenderingContext2D): void {
  pen.beginPath();
  pen.moveTo(-6, 6);
  pen.lineTo(6, -6);
  pen.stroke();
}

function drawHatch(pen: CanvasRenderingContext2D, hue: string): void {
  pen.strokeStyle = colour(hue);
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const shift of [-10, 0, 10]) {
    pen.moveTo(shift, 10);
    pen.lineTo(shift + 10, 0);
  }
  pen.stroke();
}
