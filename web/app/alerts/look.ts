import type { Alert } from "../api/city";

/** The matters that have a hue and a shape of their own. */
export type Matter = "fire_lane" | "vending" | "debris" | "other" | "device";
export const matters: readonly Matter[] = ["fire_lane", "vending", "debris", "other", "device"];

/** How far people and place have come, as a person would say it: a place that is clear ends everything. */
export type Stage = "new" | "acknowledged" | "arrived" | "handled" | "cleared";
export const stages: readonly Stage[] = ["new", "acknowledged", "arrived", "handled", "cleared"];

/** It is of a camera that cannot see as it should, not of what one saw: its class is the trouble. */
export function isOfCamera(alert: Pick<Alert, "rule">): boolean {
  return alert.rule.startsWith("camera_");
}

export function matterOf(alert: Pick<Alert, "rule" | "matter">): Matter {
  if (isOfCamera(alert)) return "device";
  const own = matters.find((matter) => matter === alert.rule);
  if (own !== undefined) return own;
  if (alert.matter.code === "09012") return "fire_lane";
  if (alert.matter.code === "09001" || alert.matter.code === "09006") return "vending";
  if (alert.matter.code === "06011") return "debris";
  return "other";
}

export function stageOf(alert: Pick<Alert, "state" | "handling">): Stage {
  return alert.state === "cleared" ? "cleared" : alert.handling;
}

/** Nobody has taken it yet, and the place is still occupied. */
export function isWaiting(alert: Pick<Alert, "state" | "handling">): boolean {
  return stageOf(alert) === "new";
}

/** Somebody works on it, and the place is not clear yet. */
export function isUnderway(alert: Pick<Alert, "state" | "handling">): boolean {
  return alert.state !== "cleared" && alert.handling !== "new";
}

/** Seconds for which the place has been, or was, occupied. */
export function dwellS(alert: Pick<Alert, "since" | "cleared_at">, now: number): number {
  const end = alert.cleared_at === null ? now : Date.parse(alert.cleared_at);
  return Math.max(0, (end - Date.parse(alert.since)) / 1000);
}
