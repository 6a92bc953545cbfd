import { remembered } from "../state/remembered";
import { Value } from "../state/value";

export const themes = ["dark", "light"] as const;
export type Theme = (typeof themes)[number];

/** The theme in force. A page begins with its own, until the person switches; then the device remembers. */
export const theme = new Value<Theme>("dark");

export function startTheme(first: Theme, page: string): void {
  const kept = remembered<Theme>(`gridwatch.theme.${page}`, first, themes);
  const put = (now: Theme) => {
    document.documentElement.dataset.theme = now;
    kept.set(now);
  };
  theme.set(kept.get());
  put(theme.get());
  theme.watch(put);
}

export function otherTheme(): void {
  theme.set(theme.get() === "dark" ? "light" : "dark");
}

/** The value of a colour token as it is now, for what is not drawn by CSS: the map. */
export function colour(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
}

export function motionReduced(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
