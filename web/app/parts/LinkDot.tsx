import { useWords } from "../i18n/language";
import { clockTime } from "../i18n/time";
import type { LinkState } from "../push/link";

/** Whether what is seen is now: a light, its word, and since when not. */
export function LinkDot({ state, asOf }: { state: LinkState; asOf: number }) {
  const words = useWords();
  return (
    <span class={`link link-${state}`} role="status" title={words.linkHint[state]}>
      <span class="link-dot" aria-hidden="true" />
      {words.link[state]}
      {state !== "live" && asOf > 0 && (
        <span class="link-as-of">{words.asOf(clockTime(asOf, Date.now()))}</span>
      )}
    </span>
  );
}
