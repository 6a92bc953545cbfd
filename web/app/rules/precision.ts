import type { Precision } from "../api/rules";

/** One rule at one camera: the whole day, and each hour that was judged. */
export interface Pair {
  rule: string;
  camera: Precision["camera"];
  whole: Counts;
  hours: ReadonlyMap<number, Counts>;
  reviewOnly: boolean;
}

export type Counts = Pick<Precision, "true" | "false" | "duplicate" | "precision">;

/** The pairs, those for review first, then those that were wrong most often. */
export function pairsOf(items: readonly Precision[]): Pair[] {
  const pairs = new Map<string, { pair: Pair; hours: Map<number, Counts> }>();
  for (const item of items) {
    const key = `${item.rule}/${item.camera.id}`;
    let found = pairs.get(key);
    if (found === undefined) {
      const hours = new Map<number, Counts>();
      found = {
        hours,
        pair: { rule: item.rule, camera: item.camera, whole: nothing, hours, reviewOnly: false },
      };
      pairs.set(key, found);
    }
    found.pair.reviewOnly ||= item.review_only;
    if (item.hour === null) found.pair.whole = item;
    else found.hours.set(item.hour, item);
  }
  return [...pairs.values()]
    .map(({ pair }) => pair)
    .sort(
      (a, b) =>
        Number(b.reviewOnly) - Number(a.reviewOnly) ||
        (a.whole.precision ?? 2) - (b.whole.precision ?? 2) ||
        a.camera.name.localeCompare(b.camera.name),
    );
}

const nothing: Counts = { true: 0, false: 0, duplicate: 0, precision: null };

/** How a share stands against the floor: with too few verdicts nothing is said. */
export type Grade = "none" | "few" | "bad" | "good";

export function gradeOf(counts: Counts, floor: number, least: number): Grade {
  if (counts.precision === null) return "none";
  if (counts.true + counts.false < least) return "few";
  return counts.precision < floor ? "bad" : "good";
}
