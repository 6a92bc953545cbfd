import { Course, eachOnce, pointsIn } from "./course";
import { type Edge, inside, spotOf } from "./exact";
import { cancel, edgesOf } from "./loops";
import { across, compareParts, dividing, type Part, partition } from "./parts";
import { type NewGrid, type Point, Refusal } from "./types";
import { nextCode, refuseCode } from "./whole";
import type { Work } from "./work";

/**
 * Cuts a grid in two along a line.
 *
 * What counts of the line are its runs through the grid from border to border. Where they make more than two parts, the
 * smallest part joins the largest of the parts across the line, again and again until two are left: a line that grazes a
 * crooked border leaves no crumbs. The larger part keeps the code, or that in which the point keep lies; parts that the
 * line does not cut stay with it. The ends of the line become vertices of the neighbours too.
 */
export function split(
  work: Work,
  code: string,
  line: readonly Point[],
  made: NewGrid,
  keep: Point | null,
): void {
  const grid = work.grid(code);
  const { code: given = "", name = "", kind = "", street = "" } = made;
  const fresh = given === "" ? nextCode(work.held.keys(), code) : given;
  refuseCode(work, fresh);
  const border = edgesOf(grid.boundary);
  const course = new Course(work, line, eachOnce(border));
  const { parts, cuts } = halves(course, border);
  if (cuts.length === 0) throw new Refusal("no_crossing", line[0] ?? [0, 0], [code]);
  course.settle(work, pointsIn(cuts));
  const beside = across(parts, cuts);
  let larger = -1;
  let smaller = -1;
  parts.forEach((part, i) => {
    if (beside[i]?.length === 0) return;
    if (larger < 0 || compareParts(part, parts[larger] as Part) > 0) [larger, smaller] = [i, larger];
    else smaller = i;
  });
  if (keep !== null && inside((parts[smaller] as Part).edges, spotOf(keep))) smaller = larger;
  work.put(
    grid,
    parts.flatMap(({ edges }, i) => (i === smaller ? [] : edges)),
  );
  work.put({ code: fresh, name, kind, street, boundary: [] }, (parts[smaller] as Part).edges);
}

/**
 * Cuts the ground inside the border along the course so that two parts have cuts on them, and gives these cuts; or none
 * where the course cuts nothing.
 */
function halves(course: Course, border: readonly Edge[]): { parts: Part[]; cuts: Edge[] } {
  const noded = course.withCuts(border, null);
  let cuts = course.runs(noded, true);
  const parts = partition(noded, cuts);
  for (;;) {
    cuts = dividing(parts, cuts);
    const beside = across(parts, cuts);
    const cut = parts.map((_, i) => i).filter((i) => beside[i]?.length !== 0);
    if (cut.length <= 2) break;
    const least = cut.reduce((a, b) => (compareParts(parts[b] as Part, parts[a] as Part) < 0 ? b : a));
    const into = (beside[least] ?? []).reduce((a, b) =>
      compareParts(parts[b] as Part, parts[a] as Part) > 0 ? b : a,
    );
    const [taker, crumb] = [parts[into] as Part, parts[least] as Part];
    taker.area += crumb.area;
    taker.edges = cancel([...taker.edges, ...crumb.edges]);
    parts.splice(least, 1);
  }
  // Again without the points that only served cuts which are not made.
  return { parts: partition(course.withCuts(border, pointsIn(cuts)), cuts), cuts };
}
