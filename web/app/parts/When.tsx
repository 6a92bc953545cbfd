import { useWords } from "../i18n/language";
import { ago, clockTime, exactTime } from "../i18n/time";
import { useNow } from "../state/hooks";

/** How long ago, with the exact moment on hover and beside it where there is room. */
export function When({ at, exact = false }: { at: string; exact?: boolean }) {
  const words = useWords();
  const now = useNow();
  const then = Date.parse(at);
  return (
    <time class="when" dateTime={at} title={exactTime(then)}>
      {ago(words, then, now)}
      {exact && <span class="when-exact"> · {clockTime(then, now)}</span>}
    </time>
  );
}
