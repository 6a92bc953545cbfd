import type { Alert } from "../api/city";
import { isUnderway, isWaiting, type Matter, matterOf } from "./look";

export const phases = ["all", "waiting", "underway", "cleared"] as const;
export type Phase = (typeof phases)[number];

/** What of the alerts is looked at. */
export interface Filter {
  phase: Phase;
  /** Matters that are hidden. */
  hidden: readonly Matter[];
  text: string;
}

export const everything: Filter = { phase: "all", hidden: [], text: "" };

export function inPhase(alert: Alert, phase: Phase): boolean {
  switch (phase) {
    case "all":
      return true;
    case "waiting":
      return isWaiting(alert);
    case "underway":
      return isUnderway(alert);
    case "cleared":
      return alert.state === "cleared";
  }
}

/** Every word of the text stands somewhere in what the list shows of the alert. */
export function matches(alert: Alert, filter: Filter): boolean {
  if (!inPhase(alert, filter.phase) || filter.hidden.includes(matterOf(alert))) return false;
  const wanted = filter.text.trim().toLowerCase();
  if (wanted === "") return true;
  const shown = [
    `#${alert.id}`,
    alert.matter.name,
    alert.matter.name_en,
    alert.fence.name,
    alert.camera.name,
    alert.grid?.name,
    alert.grid?.street,
    alert.grid?.code,
    alert.officer?.name,
  ]
    .join(" ")
    .toLowerCase();
  return wanted.split(/\s+/).every((word) => shown.includes(word));
}
