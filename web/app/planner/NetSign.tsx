import type { Net } from "../api/city";
import { useWords } from "../i18n/language";

/** 社网 is an area, 路网 a corridor. */
export function NetSign({ net }: { net: Net }) {
  const words = useWords();
  return (
    <svg class="net-sign" viewBox="0 0 20 20" width="18" height="18" role="img" aria-label={words.net[net]}>
      {net === "community" ? (
        <path d="M3 5.5 9 3l8 3-1.5 9L8 17l-5-4Z" class="net-area" />
      ) : (
        <path d="M4.5 17 8 3h4l3.5 14Z M10 5v2.500M10 10v2.500M10 15v2" class="net-road" />
      )}
    </svg>
  );
}
