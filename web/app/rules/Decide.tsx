import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { Backtest } from "../api/rules";
import { useWords } from "../i18n/language";
import type { Words } from "../i18n/words";
import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { Failure } from "../parts/Notice";
import { totalsOf } from "./compare";
import { emptyDraft, linesOf } from "./draft";
import { draft, tried } from "./kept";
import { lineText } from "./lines";
import type { InForceNow } from "./useInForce";

interface Props {
  api: Api;
  backtest: Backtest;
  inForce: InForceNow & { phase: "ready" };
  admin: boolean;
  onDecided(backtest: Backtest): void;
}

type Decision = "publish" | "discard";

/** Publish or discard, once somebody has read what it will change. */
export function Decide({ api, backtest, inForce, admin, onDecided }: Props) {
  const words = useWords();
  const w = words.backtest;
  const [asking, setAsking] = useState<Decision | null>(null);
  if (backtest.state === "published" || backtest.state === "discarded") {
    return (
      <p class={`decided backtest-${backtest.state}`} role="status">
        <Icon name={backtest.state === "published" ? "check" : "close"} />
        {w[backtest.state]}
      </p>
    );
  }
  if (!admin) return <p class="quiet">{w.onlyAdmin}</p>;
  return (
    <div class="decide">
      <button type="button" class="button" data-do="discard" onClick={() => setAsking("discard")}>
        {w.discard}
      </button>
      <button
        type="button"
        class="button button-primary"
        data-do="publish"
        onClick={() => setAsking("publish")}
      >
        {w.publish}
      </button>
      {asking !== null && (
        <Confirm
          decision={asking}
          api={api}
          backtest={backtest}
          inForce={inForce}
          onDecided={onDecided}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}

interface ConfirmProps extends Omit<Props, "admin"> {
  decision: Decision;
  onClose(): void;
}

function Confirm({ decision, api, backtest, inForce, onDecided, onClose }: ConfirmProps) {
  const words = useWords();
  const w = words.backtest;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const lines = triedLines(backtest, inForce, words);
  const publish = decision === "publish";

  const decide = async () => {
    setBusy(true);
    setError(null);
    try {
      const decided = await api.decideBacktest(backtest.id, decision);
      if (publish) draft.set(emptyDraft);
      onClose();
      onDecided(decided);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog title={publish ? w.publishTitle : w.discardTitle} onClose={onClose}>
      <p>{publish ? w.publishLead : w.discardLead}</p>
      {publish && (
        <>
          <ul class="draft-lines">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>{w.publishEffect}</p>
          <p class="confirm-totals">
            {totalsOf(backtest).map(({ change, n }) => (
              <span key={change} class={`change change-${change}`}>
                {w.change[change]} {w.count(n)}
              </span>
            ))}
            {totalsOf(backtest).length === 0 && w.nothing}
          </p>
        </>
      )}
      {error !== null && <Failure error={error} onRetry={() => void decide()} small />}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          {words.draft.cancel}
        </button>
        <button
          type="button"
          class="button button-primary"
          data-do="confirm"
          disabled={busy}
          onClick={() => void decide()}
        >
          {busy ? w.publishing : publish ? w.publishConfirm : w.discardConfirm}
        </button>
      </footer>
    </Dialog>
  );
}

/** What the back-test changes, line by line; of fences and permits that were tried elsewhere no more than the name. */
function triedLines(backtest: Backtest, { rules, fences }: ConfirmProps["inForce"], words: Words): string[] {
  const inForce = { rules: rules.items, fences };
  const own = tried.get();
  if (own?.id === backtest.id) {
    return linesOf(own.draft, inForce).map((line) => lineText(line, rules, words));
  }
  const thresholds = linesOf({ ...emptyDraft, thresholds: backtest.thresholds }, inForce);
  return [
    ...thresholds.map((line) => lineText(line, rules, words)),
    ...backtest.fences.map(({ name }) => words.draft.fenceWhole(name)),
    ...backtest.permits.map(({ name }) => words.draft.permitWhole(name)),
  ];
}
