import type { Position } from "geojson";
import { useEffect, useState } from "preact/hooks";
import { isOfCamera, stageOf } from "../alerts/look";
import { matterName, place, sentence, spotName, trigger } from "../alerts/sentence";
import { useDetail } from "../alerts/useDetail";
import type { Alert, AlertDetail } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { clockTime, distance } from "../i18n/time";
import { distanceM } from "../map/measure";
import { Evidence } from "../parts/Evidence";
import { Icon } from "../parts/Icon";
import { LinkDot } from "../parts/LinkDot";
import { AlertMark } from "../parts/Mark";
import { Failure, Skeleton } from "../parts/Notice";
import { ComposedTag, DemoTag } from "../parts/Tags";
import type { LinkState } from "../push/link";
import { useNow, useSlow, useValue } from "../state/hooks";
import { HandleForm } from "./HandleForm";
import type { Deed, Outbox } from "./outbox";
import { PendingBar } from "./PendingBar";

interface Props {
  api: Api;
  id: number;
  known: Alert | undefined;
  outbox: Outbox;
  link: LinkState;
  asOf: number;
  at: Position | null;
  onBack(): void;
  onOpened(id: number, seq: number): void;
}

/** One alert on the phone: the picture, where, why, and the next step under the thumb. */
export function AlertPage({ api, id, known, outbox, link, asOf, at, onBack, onOpened }: Props) {
  const words = useWords();
  const [detail, reload] = useDetail(api, id, known);
  const slow = useSlow(detail.alert === null && detail.error === null);
  const alert = detail.alert ?? known;

  useEffect(() => {
    const seq = detail.alert?.events[0]?.seq;
    if (seq !== undefined) onOpened(id, seq);
  }, [detail.alert?.id]);

  return (
    <div class="phone">
      <header class="phone-head">
        <button type="button" class="tool phone-back" onClick={onBack} aria-label={words.back}>
          <Icon name="back" size={24} />
        </button>
        {alert !== undefined && <AlertMark alert={alert} size={26} />}
        <h1>{alert === undefined ? words.alert.number(id) : matterName(alert, words)}</h1>
        <LinkDot state={link} asOf={asOf} />
      </header>
      <main class="phone-body">
        {detail.error !== null && <Failure error={detail.error} onRetry={reload} />}
        {detail.alert === null && slow && <Skeleton rows={3} height={180} />}
        {detail.alert !== null && <Facts alert={detail.alert} at={at} />}
      </main>
      <PendingBar outbox={outbox} link={link} />
      {alert !== undefined && <Action alert={alert} outbox={outbox} />}
    </div>
  );
}

function Facts({ alert, at }: { alert: AlertDetail; at: Position | null }) {
  const words = useWords();
  const now = useNow();
  const steps = [
    ["raised", alert.raised_at],
    ["acknowledged", alert.acknowledged_at],
    ["arrived", alert.arrived_at],
    ["handled", alert.handled_at],
    ["cleared", alert.cleared_at],
  ] as const;
  return (
    <>
      <Evidence pictures={alert.evidence} />
      <section class="facts-place">
        <div>
          <h2>{spotName(alert)}</h2>
          <p>
            {place(alert)}
            {at !== null && ` · ${distance(distanceM(at, [alert.lon, alert.lat]))}`}
          </p>
          {!alert.grounded && (
            <p class="quiet">{isOfCamera(alert) ? words.device.position : words.alert.areaOnly}</p>
          )}
          <p class="facts-tags">
            {alert.composed && <ComposedTag />}
            {alert.grid?.demo && <DemoTag />}
          </p>
        </div>
        <Navigate alert={alert} />
      </section>
      <section class="facts-why">
        <h2>{words.officer.reason}</h2>
        <p class="facts-sentence">{sentence(alert, alert.why, words, now)}</p>
        <p class="quiet">{trigger(alert, words)}</p>
        <p class="quiet">{alert.camera.name}</p>
      </section>
      <ol class="steps">
        {steps.map(([step, time]) => (
          <li key={step} class={time === null ? "" : "steps-done"}>
            <Icon name="check" size={14} />
            {words.alert.progress[step]}
            <span>{time === null ? "–" : clockTime(Date.parse(time)).slice(0, 5)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Hands the place to the phone's own map, or to the clipboard where there is none. */
function Navigate({ alert }: { alert: Alert }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const point = `${alert.lat.toFixed(6)},${alert.lon.toFixed(6)}`;
  const label = `${place(alert)} ${spotName(alert)}`;
  return (
    <div class="navigate">
      <a class="button" href={`geo:${point}?q=${point}(${encodeURIComponent(label)})`}>
        <Icon name="navigate" />
        {words.officer.navigate}
      </a>
      <button
        type="button"
        class="button"
        aria-label={words.officer.copyPlace}
        onClick={() =>
          void navigator.clipboard?.writeText(`${label} ${point} (WGS-84)`).then(() => setCopied(true))
        }
      >
        <Icon name={copied ? "check" : "copy"} />
      </button>
      <span class="unseen" role="status">
        {copied && words.officer.copied}
      </span>
    </div>
  );
}

/** The next step, always at the bottom where the thumb is. */
function Action({ alert, outbox }: { alert: Alert; outbox: Outbox }) {
  const words = useWords();
  const w = words.officer;
  const [form, setForm] = useState(false);
  const kept = useValue(outbox.items).filter((item) => item.alert === alert.id);
  const done = new Set<Deed>(kept.map(({ deed }) => deed));
  const next = nextDeed(alert, done);
  useEffect(() => setForm(false), [alert.id]);

  if (next === null) {
    return (
      <footer class="action">
        <p class="action-done">
          <Icon name="check" />
          {kept.length > 0 ? w.pendingHere : stageOf(alert) === "cleared" ? w.cleared : w.done}
        </p>
      </footer>
    );
  }
  return (
    <footer class="action">
      {form && next === "handle" ? (
        <HandleForm
          onCancel={() => setForm(false)}
          onSend={(note, photo) => {
            outbox.do({ alert: alert.id, deed: "handle", note, photo });
            setForm(false);
          }}
        />
      ) : (
        <button
          type="button"
          class="button button-primary action-do"
          onClick={() => {
            if (next === "handle") setForm(true);
            else outbox.do({ alert: alert.id, deed: next, note: "", photo: null });
          }}
        >
          {w[next]}
        </button>
      )}
    </footer>
  );
}

/** What is left to do, counting what already waits in the outbox; null when nothing is. */
function nextDeed(alert: Alert, kept: ReadonlySet<Deed>): Deed | null {
  if (alert.handling === "handled" || kept.has("handle")) return null;
  if (alert.state === "cleared" && alert.handling === "new") return null;
  if (alert.handling === "arrived" || kept.has("arrive")) return "handle";
  if (alert.handling === "acknowledged" || kept.has("acknowledge")) return "arrive";
  return "acknowledge";
}
