import type { TraceItem } from "../api/watching";
import { measure } from "../i18n/measure";
import type { Words } from "../i18n/words";

/** What a person is told of one gate: that it stopped the candidate, with its figures, or that it was passed. */
export function gateSentence(item: TraceItem, words: Words): string {
  const gate = words.gate[item.gate];
  if (item.passed) return words.whyNot.passed(gate?.name ?? item.gate);
  if (gate === undefined) return withFigures(words.gateOther(item.gate), item, words);
  if (typeof gate.stopped === "string") return withFigures(gate.stopped, item, words);
  return gate.stopped(figure(item.value ?? 0, item, words), figure(item.limit ?? 0, item, words));
}

export function gateName(gate: string, words: Words): string {
  return words.gate[gate]?.name ?? gate;
}

function withFigures(sentence: string, item: TraceItem, words: Words): string {
  const w = words.gateFigures;
  const figures = [
    item.value === null ? "" : w.value(figure(item.value, item, words)),
    item.limit === null ? "" : w.limit(figure(item.limit, item, words)),
  ].filter((text) => text !== "");
  return figures.length === 0 ? sentence : `${sentence} ${figures.join(words.sentence.comma)}`;
}

function figure(value: number, { unit }: TraceItem, words: Words): string {
  return measure(words, value, unit);
}

/** What the kernel noted beside its gate; English where nobody translated it. */
export function noteOf(item: TraceItem, words: Words): string {
  return words.gateNote[item.note] ?? item.note;
}

/** One thing that the kernel looked at, with every gate that stopped or passed it, in the order of time. */
export interface Candidate {
  key: string;
  steps: TraceItem[];
  /** Where it came last, and by which gate it was stopped. */
  last: TraceItem;
}

/** Gates that say no more than that a thing has nothing to do with a fence. */
const unconcerned: ReadonlySet<string> = new Set(["class", "outside"]);

/**
 * The candidates of a minute. Who came furthest stands first; what never had to do with a fence is apart. Traces of the
 * frame or of a fence alone are candidates of their own, for they stop everything else.
 */
export function candidates(items: readonly TraceItem[]): { near: Candidate[]; far: Candidate[] } {
  const byKey = new Map<string, TraceItem[]>();
  for (const item of items) {
    const key = keyOf(item);
    byKey.set(key, [...(byKey.get(key) ?? []), item]);
  }
  const all = [...byKey].flatMap(([key, steps]): Candidate[] => {
    steps.sort(
      (a, b) => Date.parse(a.from) - Date.parse(b.from) || Date.parse(a.until) - Date.parse(b.until),
    );
    const last = steps.at(-1);
    return last === undefined ? [] : [{ key, steps, last }];
  });
  const far = all.filter(({ steps }) => steps.every(({ gate, passed }) => !passed && unconcerned.has(gate)));
  const near = all.filter((candidate) => !far.includes(candidate));
  near.sort((a, b) => rank(b) - rank(a) || Date.parse(b.last.until) - Date.parse(a.last.until));
  return { near, far };
}

function keyOf(item: TraceItem): string {
  if (item.occupancy !== "" && item.gate !== "duplicate") return item.occupancy;
  return [item.fence?.id ?? "", item.rule, item.class, item.track, item.class === "" ? item.gate : ""].join(
    "/",
  );
}

function rank({ last }: Candidate): number {
  if (last.occupancy !== "") return 2;
  return last.class === "" ? 1 : 0;
}
