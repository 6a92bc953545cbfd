import { along } from "../coverage/plane";
import type { Box, Point } from "../coverage/types";

/** How the ground lies on the screen now. Over a screen the plane is flat enough for a linear measure. */
export interface Surface {
  project(at: Point): [number, number];
  unproject(px: readonly [number, number]): Point;
  /** Pixels between two points. */
  pixels(a: Point, b: Point): number;
  /** The box of so many pixels around a point. */
  box(at: Point, px: number): Box;
  /** Where on a segment a point is nearest, seen on the screen: 0 at a, 1 at b. */
  share(to: Point, a: Point, b: Point): number;
  /** What the screen shows. */
  view: Box;
}

/** The surface of a screen on which a step east is kx pixels, a step north ky pixels. */
export function surface(
  project: Surface["project"],
  unproject: Surface["unproject"],
  width: number,
  height: number,
): Surface {
  const middle = unproject([width / 2, height / 2]);
  const west = unproject([0, height / 2]);
  const north = unproject([width / 2, 0]);
  const kx = width / 2 / Math.max(1, middle[0] - west[0]);
  const ky = height / 2 / Math.max(1, north[1] - middle[1]);
  const flat = ([x, y]: Point): Point => [x * kx, y * ky];
  const [left, top] = [west[0], north[1]];
  return {
    project,
    unproject,
    pixels: (a, b) => Math.hypot((a[0] - b[0]) * kx, (a[1] - b[1]) * ky),
    box: ([x, y], px) => ({ west: x - px / kx, east: x + px / kx, south: y - px / ky, north: y + px / ky }),
    share: (to, a, b) => along(flat(to), flat(a), flat(b)),
    view: { west: left, north: top, east: 2 * middle[0] - left, south: 2 * middle[1] - top },
  };
}
