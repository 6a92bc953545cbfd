import type { Grid as GridFeature } from "../../api/city";
import { same } from "../coverage/exact";
import { boundaryM2 } from "../coverage/measure";
import { closed, lonlat, metresPerStep, pointOf } from "../coverage/plane";
import type { Boundary, Point } from "../coverage/types";

/** Classes of roads, from the one that goes through at a junction to the one that gives way. */
export const roadClasses = [1, 2, 3, 4] as const;
export type RoadClass = (typeof roadClasses)[number];

/** What a section is made from: its centre line and widths, or the polygon that somebody drew. */
export const roadWays = ["line", "ground"] as const;
export type RoadWay = (typeof roadWays)[number];

/** A section of the road net while it is drawn and described. */
export interface RoadPlan {
  /** The grid that is changed; null for a new one. */
  grid: string | null;
  /** Of a new one, empty: the service gives the next. */
  code: string;
  name: string;
  street: string;
  /** As the roads' own register has it. */
  register: string;
  way: RoadWay;
  class: RoadClass;
  leftM: number;
  rightM: number;
  /** The centre line, or the open ring of the polygon. */
  points: readonly Point[];
  /** The last point is set: from now on points are moved. */
  done: boolean;
}

/** How wide a road of each class is to one side until somebody says otherwise. */
export const usualM: Record<RoadClass, number> = { 1: 20, 2: 15, 3: 10, 4: 6 };

export const leastReachM = 0.5;
export const mostReachM = 100;

export const newRoad: RoadPlan = {
  grid: null,
  code: "",
  name: "",
  street: "",
  register: "",
  way: "line",
  class: 3,
  leftM: usualM[3],
  rightM: usualM[3],
  points: [],
  done: false,
};

/** The plan of a section that stands. One that was only drawn has no line yet: it is drawn anew. */
export function planOf({ properties: { code, name, street, section } }: GridFeature): RoadPlan {
  const known = { ...newRoad, grid: code, code, name, street };
  if (section === undefined) return known;
  return {
    ...known,
    register: section.section_code,
    class: section.class as RoadClass,
    leftM: section.left_m,
    rightM: section.right_m,
    points: section.line.map(pointOf),
    done: true,
  };
}

/** How many points the line or the ring has at least. */
export function leastPoints(way: RoadWay): number {
  return way === "line" ? 2 : 3;
}

export type RoadFault = "name" | "code" | "left" | "right" | "points";

/** What is still missing or wrong, in the order in which the form asks for it. */
export function faultsOf({ name, code, way, leftM, rightM, points, done }: RoadPlan): RoadFault[] {
  const wide = (m: number) => m >= leastReachM && m <= mostReachM;
  const faults: RoadFault[] = [];
  if (!done || points.length < leastPoints(way)) faults.push("points");
  if (name.trim() === "") faults.push("name");
  if (way === "line" && !wide(leftM)) faults.push("left");
  if (way === "line" && !wide(rightM)) faults.push("right");
  if (code !== "" && !/^\d{15}$/.test(code)) faults.push("code");
  return faults;
}

/** What the service is asked for. */
export function askedOf({ code, name, street, register, way, ...plan }: RoadPlan): object {
  const said = { code, name: name.trim(), street: street.trim() };
  if (way === "ground") return { ...said, ground: [closed(plan.points).map(lonlat)] };
  const { class: roadClass, leftM, rightM, points } = plan;
  return {
    ...said,
    section: {
      section_code: register.trim(),
      class: roadClass,
      line: points.map(lonlat),
      left_m: leftM,
      right_m: rightM,
    },
  };
}

/** The ground of the plan if it were alone, with points instead of its own; null while there is none. */
export function groundOf({ way, leftM, rightM }: RoadPlan, points: readonly Point[]): Boundary | null {
  const line = points.filter((point, i) => i === 0 || !same(point, points[i - 1] as Point));
  if (line.length < leastPoints(way)) return null;
  if (way === "ground") return [[closed(line)]];
  if (!(leftM > 0 && rightM > 0)) return null;
  return [[[...beside(line, leftM), ...beside(line, -rightM).reverse(), beside(line, leftM)[0] as Point]]];
}

export function groundM2(ground: Boundary | null): number {
  return ground === null ? 0 : Math.abs(boundaryM2(ground));
}

/** At a sharper turn the corner is cut off, as the service does it. */
const longestMitre = 2;

/** The line that runs so many metres to the left of another; below zero, to its right. */
function beside(line: readonly Point[], metres: number): Point[] {
  const [, lat] = lonlat(line[0] as Point);
  const north = 1 / metresPerStep;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const ways = line.slice(1).map((b, i): readonly [number, number] => {
    const a = line[i] as Point;
    const [dx, dy] = [(b[0] - a[0]) / east, (b[1] - a[1]) / north];
    const length = Math.hypot(dx, dy);
    return [-dy / length, dx / length];
  });
  const moved = ([x, y]: Point, [nx, ny]: readonly [number, number], by: number): Point => [
    Math.round(x + nx * by * east),
    Math.round(y + ny * by * north),
  ];
  return line.flatMap((point, i) => {
    const before = ways[i - 1] ?? (ways[i] as readonly [number, number]);
    const after = ways[i] ?? before;
    const [sx, sy] = [before[0] + after[0], before[1] + after[1]];
    const sum = Math.hypot(sx, sy);
    // Half of the sum is the cosine of half the turn: the mitre is longer by its inverse.
    if (sum < 2 / longestMitre) return [moved(point, before, metres), moved(point, after, metres)];
    return [moved(point, [sx / sum, sy / sum], (metres * 2) / sum)];
  });
}
