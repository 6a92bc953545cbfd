import { type Matter, matterOf, matters, stageOf } from "../alerts/look";
import type { Alert } from "../api/city";

/** How an alert's mark is drawn, from the quietest to the loudest. */
export const variants = ["cleared", "taken", "taken-escalated", "raised", "escalated"] as const;
export type Variant = (typeof variants)[number];

export interface Look {
  matter: Matter;
  variant: Variant;
}

/** Every look, by rank: a cluster wears the look of its highest member. Fire lanes go before the rest. */
export const looks: readonly Look[] = variants.flatMap((variant) =>
  [...matters].reverse().map((matter) => ({ matter, variant })),
);

export function variantOf(alert: Pick<Alert, "state" | "handling">): Variant {
  const stage = stageOf(alert);
  if (stage === "cleared") return "cleared";
  if (stage === "new") return alert.state === "escalated" ? "escalated" : "raised";
  return alert.state === "escalated" ? "taken-escalated" : "taken";
}

export function rankOf(alert: Pick<Alert, "state" | "handling" | "rule" | "matter">): number {
  const matter = matterOf(alert);
  const variant = variantOf(alert);
  return looks.findIndex((look) => look.matter === matter && look.variant === variant);
}

/** The first rank whose place is still occupied. */
export const openRank = looks.findIndex(({ variant }) => variant !== "cleared");

/** The first rank whose alerts wait for somebody: from there on marks pulse. */
export const waitingRank = looks.findIndex(({ variant }) => variant === "raised");

export function imageName({ matter, variant }: Look): string {
  return `${matter}/${variant}`;
}
