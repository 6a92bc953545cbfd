import type { Words } from "./words";

/** Why a source, a camera or a live view shows nothing, as people say it; what is unknown stays as it was said. */
export function reason(said: string, words: Words): string {
  const known = words.reasons.find(([part]) => said.includes(part));
  return known === undefined ? said : known[1];
}
