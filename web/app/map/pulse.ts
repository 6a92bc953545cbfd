import type { Map as Gl } from "maplibre-gl";
import { motionReduced } from "../theme/theme";

const periodMs = 1600;
const shortestTickMs = 30;
/** Three frames of a screen that keeps up. */
const smoothMs = 50;
/** The share of time that the pulse may spend on drawing: a slow device pulses in fewer steps. */
const share = 0.25;

/** The ring around marks that wait for somebody: it grows and fades, as often as the device draws with ease. */
export class Pulse {
  readonly #gl: Gl;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(gl: Gl) {
    this.#gl = gl;
  }

  start(): void {
    this.#stopped = false;
    if (!motionReduced()) this.#later(shortestTickMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    const gl = this.#gl;
    const resting = document.hidden || gl.isMoving() || gl.getLayer("alert-pulse") === undefined;
    if (resting || gl.queryRenderedFeatures({ layers: ["alert-pulse"] }).length === 0) {
      this.#later(400);
      return;
    }
    const phase = (performance.now() % periodMs) / periodMs;
    const began = performance.now();
    // What drawing cost is seen only two frames later: until then the pictures may still wait to be drawn.
    gl.once("render", () => {
      requestAnimationFrame(() => {
        requestAnimationFrame(() => {
          const cost = performance.now() - began - smoothMs;
          this.#later(Math.max(shortestTickMs, cost / share));
        });
      });
    });
    gl.setPaintProperty("alert-pulse", "circle-radius", 13 + 15 * phase, { validate: false });
    gl.setPaintProperty("alert-pulse", "circle-stroke-opacity", 0.9 * (1 - phase), { validate: false });
  }
}
