import { useEffect, useRef, useState } from "preact/hooks";
import { stageOf } from "../alerts/look";
import { matterName, place, sentence, trigger } from "../alerts/sentence";
import { type Detail, useDetail } from "../alerts/useDetail";
import type { Alert, AlertDetail, Verdict } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { clockTime } from "../i18n/time";
import { Evidence } from "../parts/Evidence";
import { Icon } from "../parts/Icon";
import { AlertMark } from "../parts/Mark";
import { Failure, Skeleton } from "../parts/Notice";
import { ComposedTag, DemoTag } from "../parts/Tags";
import { ReviewOnlyTag, VerdictButtons } from "../parts/Verdict";
import { useNow, useSlow } from "../state/hooks";
import { Answering, Events, Progress, Reasons, Receipts, Whereabouts } from "./AlertFacts";

interface Props {
  api: Api;
  id: number;
  /** What the list already knows, so that the panel is never empty. */
  known: Alert | undefined;
  /** The verdict that is not saved yet. */
  held: Verdict | null;
  /** What was written for the next verdict. */
  note: string;
  onVerdict(verdict: Verdict): void;
  onNote(note: string): void;
  onWhyNot(camera: string, until: number): void;
  onClose(): void;
  onTook(alert: AlertDetail): void;
  onShown(id: number, seq: number): void;
}

/** Everything about one alert, evidence first, and the one thing to do about it. */
export function AlertPanel(props: Props) {
  const { api, id, known, onWhyNot, onClose, onTook, onShown } = props;
  const words = useWords();
  const [detail, reload] = useDetail(api, id, known);
  const panel = useRef<HTMLElement>(null);
  const alert = detail.alert ?? known;

  useEffect(() => panel.current?.focus({ preventScroll: true }), [id]);
  useEffect(() => {
    const seq = detail.alert?.events[0]?.seq;
    if (detail.alert !== null && seq !== undefined) onShown(detail.alert.id, seq);
  }, [detail.alert?.id]);

  return (
    <section class="panel" ref={panel} tabIndex={-1} aria-label={words.alert.number(id)}>
      <header class="panel-head">
        <button type="button" class="tool" onClick={onClose} aria-label={words.back} title="Esc">
          <Icon name="back" />
        </button>
        {alert !== undefined && <AlertMark alert={alert} size={alert.state === "escalated" ? 32 : 26} />}
        <div class="panel-title">
          <h2>{alert === undefined ? words.alert.number(id) : matterName(alert, words)}</h2>
          <p>{alert === undefined ? "" : place(alert)}</p>
        </div>
        {alert !== undefined && (
          <span class={`stage stage-${stageOf(alert)}`}>{words.stage[stageOf(alert)]}</span>
        )}
      </header>
      <PanelBody detail={detail} reload={reload} onWhyNot={onWhyNot} />
      {detail.alert !== null && (
        <footer class="panel-foot">
          <VerdictButtons
            alert={detail.alert}
            held={props.held}
            note={props.note}
            onGive={props.onVerdict}
            onNote={props.onNote}
          />
          <PanelAction api={api} alert={detail.alert} onTook={onTook} />
        </footer>
      )}
    </section>
  );
}

function PanelBody({
  detail,
  reload,
  onWhyNot,
}: { detail: Detail; reload(): void } & Pick<Props, "onWhyNot">) {
  const words = useWords();
  const now = useNow();
  const slow = useSlow(detail.alert === null && detail.error === null);
  const { alert } = detail;
  if (alert === null) {
    return (
      <div class="panel-body">
        {detail.error !== null && <Failure error={detail.error} onRetry={reload} />}
        {slow && <Skeleton rows={4} height={96} />}
      </div>
    );
  }
  return (
    <div class="panel-body">
      <Evidence pictures={alert.evidence} />
      <div class="panel-say">
        <p class="panel-sentence">{sentence(alert, alert.why, words, now)}</p>
        <p class="panel-trigger">
          {trigger(alert, words)}
          {(alert.why.overridden ?? []).length > 0 && (
            <span class="tag" title={words.alert.overriddenHint}>
              {words.alert.overridden}
            </span>
          )}
        </p>
        <p class="panel-tags">
          <span class="code">#{alert.id}</span>
          {alert.composed && <ComposedTag />}
          {alert.grid?.demo && <DemoTag />}
          {alert.review_only && <ReviewOnlyTag />}
        </p>
      </div>
      {detail.error !== null && <Failure error={detail.error} onRetry={reload} />}
      <Progress alert={alert} />
      <Answering alert={alert} />
      <Receipts alert={alert} />
      <Whereabouts alert={alert} />
      <Reasons alert={alert} onWhyNot={onWhyNot} />
      <Events alert={alert} />
    </div>
  );
}

function PanelAction({
  api,
  alert,
  onTook,
}: {
  api: Api;
  alert: AlertDetail;
  onTook(alert: AlertDetail): void;
}) {
  const words = useWords();
  const w = words.alert;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const time = (at: string | null) => (at === null ? "" : clockTime(Date.parse(at), Date.now()));

  async function acknowledge() {
    setBusy(true);
    setError(null);
    try {
      onTook(await api.acknowledge(alert.id));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  const stage = stageOf(alert);
  if (alert.handling === "new" && stage !== "cleared") {
    return (
      <>
        {error !== null && <Failure error={error} onRetry={acknowledge} small />}
        <button
          type="button"
          class="button button-primary panel-do"
          data-do="acknowledge"
          disabled={busy}
          onClick={acknowledge}
        >
          <Icon name="check" />
          {busy ? w.acknowledging : w.acknowledge}
          <kbd>A</kbd>
        </button>
      </>
    );
  }
  const taken =
    alert.acknowledged_by === null
      ? ""
      : w.acknowledgedBy(alert.acknowledged_by.name, time(alert.acknowledged_at));
  const next =
    stage === "cleared"
      ? w.clearedAt(time(alert.cleared_at))
      : stage === "handled"
        ? w.handledAt(time(alert.handled_at))
        : stage === "acknowledged"
          ? w.waitingFor(alert.officer?.name ?? words.person)
          : "";
  return (
    <div class="panel-foot-done">
      <Icon name="check" />
      <p>
        {taken}
        {next !== "" && <span>{next}</span>}
      </p>
    </div>
  );
}
