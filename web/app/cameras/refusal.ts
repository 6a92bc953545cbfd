import type { Words } from "../i18n/words";

/** Why pairs are refused, as people say it. The service counts pairs from 0, people from 1; what is unknown stays as it was said. */
export function refusal(said: string, words: Words, of: readonly number[]): string {
  const w = words.refusal;
  const named = /pairs\[(\d+)\]/.exec(said);
  const number = named === null ? 0 : (of[Number(named[1])] ?? Number(named[1])) + 1;
  const error = /error is ([\d.]+) m at/.exec(said);
  if (error !== null) return w.far(error[1] ?? "");
  if (said.includes("on one line")) return w.line(number);
  if (said.includes("is the same as")) return w.same(number);
  if (said.includes("contradict")) return number > 0 ? w.contradicts(number) : w.contradict;
  if (said.includes("a view reaches")) return w.reach(number);
  if (/must be 4 to/.test(said)) return w.few;
  return said;
}
