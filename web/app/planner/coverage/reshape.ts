import { Course, pointsIn } from "./course";
import { boxOfEdges, type Edge, edgeKey, inside, middle, noBox, twin, wider, withPoint } from "./exact";
import { cancel, edgesOf, reversed } from "./loops";
import { dividing, type Part, partition, pockets } from "./parts";
import { type Point, Refusal } from "./types";
import type { Work } from "./work";

/**
 * Lets the border of a grid follow a line that meets it twice or more.
 *
 * Every run of the line between two meetings cuts off a pocket: inside the grid the smaller part, outside the ground
 * between the line and the border. Pockets outside go to the grid: its neighbours give way, and a gap is filled. A pocket
 * inside goes to the neighbour with which it has the longest border, and to nobody where it has none; where
 * the grid itself is all around it, it stays. What crosses or
 * would swallow a neighbour whole is refused.
 */
export function reshape(work: Work, code: string, line: readonly Point[]): void {
  const grid = work.grid(code);
  const box = line.reduce(withPoint, noBox);
  const course = new Course(work, line, work.borders.edgesIn(wider(box)));
  const border = edgesOf(grid.boundary);
  const all = course.withCuts(border, null);
  let inner = course.runs(all, true);
  let outer = course.runs(all, false);
  inner = dividing(partition(all, inner), inner);
  outer = dividing(partition(reversed(all), outer), outer);
  const cuts = [...inner, ...outer];
  if (cuts.length === 0) throw new Refusal("no_crossing", line[0] ?? [0, 0], [code]);
  const noded = course.withCuts(border, pointsIn(cuts));
  course.settle(work, pointsIn(cuts));
  const { kept, taken: given } = pockets(partition(noded, inner), inner);
  const { taken } = pockets(partition(reversed(noded), outer), outer);
  giveWay(work, code, taken, outer);
  const own = new Set([...kept, ...taken, ...given].flatMap(({ edges }) => edges.map(edgeKey)));
  for (const pocket of given) {
    const to = longestNeighbour(work, code, pocket);
    if (to !== null) work.put(work.grid(to), cancel([...work.touch(to), ...pocket.edges]));
    // The line came back over its own pocket.
    else if (pocket.edges.every((e) => own.has(edgeKey(twin(e))))) kept.push(pocket);
  }
  work.put(grid, cancel([...kept, ...taken].flatMap(({ edges }) => edges)));
}

/** Takes the pockets from the grids through which the cuts run. */
function giveWay(work: Work, code: string, taken: readonly Part[], cuts: readonly Edge[]): void {
  const pocket = new Set(taken.flatMap(({ edges }) => edges.map(edgeKey)));
  for (const other of work.borders.codesIn(boxOfEdges([...cuts, ...reversed(cuts)]))) {
    if (other === code) continue;
    const edges = work.current(other);
    const own = new Set(edges.map(edgeKey));
    const through = cuts.filter(
      (e) => !own.has(edgeKey(e)) && !own.has(edgeKey(twin(e))) && inside(edges, middle(e)),
    );
    if (through.length === 0) continue;
    const cut = new Set([...through, ...reversed(through)].map(edgeKey));
    const left = partition(edges, through)
      .filter((part) => !part.edges.some((e) => pocket.has(edgeKey(e)) && cut.has(edgeKey(e))))
      .flatMap((part) => part.edges);
    if (left.length === 0) {
      const first = work.grid(other).boundary[0]?.[0]?.[0] ?? [0, 0];
      throw new Refusal("too_small", first, [other]);
    }
    work.put(work.grid(other), left);
  }
}

/** The grid with which the pocket has the longest border (by |dx|+|dy|; of equals the smaller code); null where none has. */
function longestNeighbour(work: Work, code: string, { edges }: Part): string | null {
  const own = new Set(edges.map((e) => edgeKey(twin(e))));
  let best: string | null = null;
  let longest = 0;
  for (const other of work.borders.codesIn(boxOfEdges(edges))) {
    if (other === code) continue;
    let length = 0;
    for (const e of work.current(other)) {
      if (own.has(edgeKey(e))) length += Math.abs(e.b[0] - e.a[0]) + Math.abs(e.b[1] - e.a[1]);
    }
    if (length > longest) [best, longest] = [other, length];
  }
  return best;
}
