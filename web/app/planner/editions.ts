import type { EditionState, Net } from "../api/city";
import type { Draft } from "../api/editions";

/** Whether it was ever put into force; a draft's date is only planned. */
export function isDated({ state }: Draft): boolean {
  return state === "published" || state === "superseded";
}

/** Where an edition stands for people: a published one is in force, still ahead, or over. */
export type Standing = Exclude<EditionState, "published"> | "inForce" | "ahead";

export function standingOf({ state, from, until }: Draft, now: number): Standing {
  if (state !== "published") return state;
  if (from !== null && Date.parse(from) > now) return "ahead";
  return until !== null && Date.parse(until) <= now ? "superseded" : "inForce";
}

const order: readonly Standing[] = ["reviewed", "submitted", "checked", "draft", "ahead", "inForce"];

/** What is under way first, then what is ahead and in force; what is over or was given up apart, the newest first. */
export function arranged(editions: readonly Draft[], now: number): { listed: Draft[]; past: Draft[] } {
  const rank = (edition: Draft) => order.indexOf(standingOf(edition, now));
  const listed = editions
    .filter((edition) => rank(edition) >= 0)
    .sort((a, b) => rank(a) - rank(b) || a.net.localeCompare(b.net) || b.id - a.id);
  return { listed, past: editions.filter((edition) => rank(edition) < 0).sort((a, b) => b.id - a.id) };
}

/** The edition that was in force at the moment; null where none was. */
export function inForce(editions: readonly Draft[], net: Net, at: number): Draft | null {
  const holds = (edition: Draft) =>
    edition.net === net &&
    isDated(edition) &&
    edition.from !== null &&
    Date.parse(edition.from) <= at &&
    (edition.until === null || at < Date.parse(edition.until));
  return editions.find(holds) ?? null;
}

/** Whether its grids may be changed. */
export function isEditable({ state }: Draft): boolean {
  return state === "draft" || state === "checked";
}
