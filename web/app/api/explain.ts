import type { Words } from "../i18n/words";
import { Problem, Unreachable } from "./problem";
import { object, ShapeError, text } from "./shape";

/** A failure as people read it: what happened, and what is safe. */
export interface Explanation {
  what: string;
  safe: string;
  /** Asking again may help. */
  retry: boolean;
}

export function explain(error: unknown, words: Words): Explanation {
  const w = words.failure;
  if (error instanceof Unreachable) return { what: w.unreachable, safe: w.unreachableSafe, retry: true };
  if (error instanceof ShapeError)
    return { what: w.garbled(error.message), safe: w.nothingChanged, retry: true };
  if (!(error instanceof Problem))
    return { what: w.unknown(String(error)), safe: w.nothingChanged, retry: true };

  switch (error.status) {
    case 401:
      return { what: w.signedOut, safe: w.signedOutSafe, retry: false };
    case 403:
      return { what: w.forbidden, safe: w.nothingChanged, retry: false };
    case 404:
      return { what: w.missing, safe: w.nothingChanged, retry: false };
    case 409: {
      const taken = error.besides(Taken);
      if (taken !== null) return { what: w.taken(taken.holder.name), safe: w.nothingChanged, retry: false };
      return refused(error, words);
    }
    case 413:
      return { what: w.tooBig, safe: w.nothingChanged, retry: false };
    case 429:
      return { what: w.throttled(error.retryAfterS ?? 60), safe: w.nothingChanged, retry: true };
    default:
      if (error.status >= 500) return { what: w.fault(error.status), safe: w.faultSafe, retry: true };
      return refused(error, words);
  }
}

/** What a refusal says of an alert that somebody else has in hand. */
const Taken = object({ holder: object({ name: text }) });

function refused(error: Problem, words: Words): Explanation {
  const w = words.failure;
  const detail = error.fields[0]?.message ?? error.detail;
  return { what: w.refused(detail === "" ? error.title : detail), safe: w.nothingChanged, retry: false };
}
