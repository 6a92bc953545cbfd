import type { Words } from "../i18n/words";

/** What the kernel said of the permit that it asked for, as people say it; a permit's own name stays. */
export function permitted(said: string, words: Words): string {
  return words.permitSaid.reduce((text, [part, word]) => text.replace(part, word), said);
}
