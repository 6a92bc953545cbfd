import { matterName } from "../alerts/sentence";
import type { Alert } from "../api/city";
import { useWords } from "../i18n/language";
import { Failure } from "../parts/Notice";
import { useNow, useValue } from "../state/hooks";
import type { Held, Verdicts } from "./verdicts";

/** What was just said of alerts: undone within ten seconds, or saved; and what could not be saved. */
export function HeldVerdicts({ verdicts, byId }: { verdicts: Verdicts; byId: ReadonlyMap<number, Alert> }) {
  const words = useWords();
  const held = [...useValue(verdicts.held)];
  const failed = held.filter(([, { state }]) => state === "failed");
  const waiting = held.filter(([, { state }]) => state !== "failed");
  const last = waiting.at(-1);
  return (
    <div class="held" role="status" aria-live="polite">
      {failed.map(([id, { error }]) => (
        <div key={id} class="held-failed">
          <p>
            {words.verdict.failed} · {nameOf(id, byId.get(id))}
          </p>
          <Failure error={error} onRetry={() => void verdicts.send(id)} small />
          <button type="button" class="button" onClick={() => verdicts.undo(id)}>
            {words.verdict.undo}
          </button>
        </div>
      ))}
      {last !== undefined && (
        <div class="held-card">
          <span class="held-words">
            <span>{nameOf(last[0], byId.get(last[0]))}</span>
            <Countdown held={last[1]} />
            {waiting.length > 1 && <span class="quiet">{words.verdict.several(waiting.length)}</span>}
          </span>
          {last[1].state === "held" && (
            <button type="button" class="button" data-do="undo" onClick={() => verdicts.undo(last[0])}>
              {words.verdict.undo}
              <kbd>Z</kbd>
            </button>
          )}
        </div>
      )}
    </div>
  );

  function nameOf(id: number, alert: Alert | undefined): string {
    return alert === undefined ? words.alert.number(id) : `#${id} ${matterName(alert, words)}`;
  }
}

function Countdown({ held }: { held: Held }) {
  const words = useWords();
  const left = Math.max(0, Math.ceil((held.until - useNow()) / 1000));
  if (held.state === "sending") return <strong>{words.verdict.sending}</strong>;
  return <strong>{words.verdict.held(words.verdict[held.verdict], left)}</strong>;
}
