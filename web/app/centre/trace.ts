import { permitted } from "../alerts/permitted";
import type { Trace, TraceItem } from "../api/watching";
import { measure } from "../i18n/measure";
import type { Words } from "../i18n/words";

/** What a person is told of one gate: that it stopped the candidate, with its figures, or that it was passed. */
export function gateSentence(item: TraceItem, words: Words): string {
  const gate = words.gate[item.gate];
  if (item.passed) return words.whyNot.passed(gate?.name ?? item.gate);
  const mute = item.gate === "mute" ? words.mute[item.note] : undefined;
  if (mute !== undefined) return mute(item.value ?? 0, item.limit ?? 0);
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
  if (item.gate === "mute") return ""; // The sentence says it.
  return words.gateNote[item.note] ?? permitted(item.note, words);
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

/** A trace and what came after it was cut off. What lasted over the cut is one item again. */
export function continued(first: Trace, more: Trace): Trace {
  return {
    ...first,
    frames: first.frames + more.frames,
    unfit: mended(first.unfit, more.unfit, first.next, ({ reason }) => reason),
    items: mended(first.items, more.items, first.next, (item) =>
      [item.gate, item.passed, item.fence?.id, item.occupancy, item.class, item.track, item.note].join("/"),
    ),
    next: more.next,
  };
}

interface Lasting {
  from: string;
  until: string;
  frames: number;
}

function mended<T extends Lasting>(
  before: readonly T[],
  after: readonly T[],
  cut: string | null,
  nameOf: (one: T) => string,
): T[] {
  const end = before.reduce((last, { until }) => Math.max(last, Date.parse(until)), 0);
  const all = [...before];
  for (const one of after) {
    const i = all.findIndex(
      (known) => one.from === cut && Date.parse(known.until) === end && nameOf(known) === nameOf(one),
    );
    const known = all[i];
    if (known === undefined) all.push(one);
    else all[i] = { ...one, from: known.from, frames: known.frames + one.frames };
  }
  return all;
}
