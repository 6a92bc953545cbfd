import type { Dwelling } from "../api/watching";

/** What comes next for who dwells, and how far the way to it is done, 0 to 1. */
export interface NextLimit {
  kind: "raise" | "escalate" | "none";
  progress: number;
}

type Timed = Pick<Dwelling, "phase" | "dwell_s" | "raise_s" | "escalate_s" | "alert_id">;

export function nextLimit({ phase, dwell_s, raise_s, escalate_s, alert_id }: Timed): NextLimit {
  const told = phase === "raised" || phase === "escalated" || alert_id !== null;
  if (told && (phase === "escalated" || dwell_s >= escalate_s)) return { kind: "none", progress: 1 };
  if (told) return { kind: "escalate", progress: share(dwell_s, escalate_s) };
  return { kind: "raise", progress: share(dwell_s, raise_s) };
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 1;
}

/** Who is raised soonest stands first, then who is raised already; those who wait equally long keep their places. */
export function nearestFirst<T extends Timed & Pick<Dwelling, "occupancy">>(items: readonly T[]): T[] {
  const left = (item: T) =>
    nextLimit(item).kind === "raise" ? Math.max(0, item.raise_s - item.dwell_s) : Number.POSITIVE_INFINITY;
  return [...items].sort((a, b) => {
    const [x, y] = [left(a), left(b)];
    return x === y ? a.occupancy.localeCompare(b.occupancy) : x - y;
  });
}
