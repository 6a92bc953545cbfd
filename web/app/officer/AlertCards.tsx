import type { Position } from "geojson";
import { useEffect, useState } from "preact/hooks";
import { mostUrgentFirst } from "../alerts/book";
import type { Loading } from "../alerts/live";
import { dwellS, isUnderway, isWaiting, matterOf, stageOf } from "../alerts/look";
import { matterName, place, spotName } from "../alerts/sentence";
import type { Alert, Me } from "../api/city";
import { useWords } from "../i18n/language";
import { clockTime, distance, shortSpan, startOfDay } from "../i18n/time";
import { distanceM } from "../map/measure";
import { AlertMark } from "../parts/Mark";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { ComposedTag } from "../parts/Tags";
import { When } from "../parts/When";
import { useNow, useSlow, useValue } from "../state/hooks";
import type { Outbox } from "./outbox";

interface Props {
  alerts: readonly Alert[];
  me: Me;
  loading: Loading;
  outbox: Outbox;
  at: Position | null;
  onOpen(id: number): void;
  onRetry(): void;
}

/** The officer's alerts: those that wait first, then those in hand, then what became clear today. */
export function AlertCards({ alerts, me, loading, outbox, at, onOpen, onRetry }: Props) {
  const words = useWords();
  const w = words.officer;
  const slow = useSlow(loading.phase === "loading");
  const midnight = startOfDay(useNow());
  if (loading.phase === "failed") return <Failure error={loading.error} onRetry={onRetry} />;
  if (loading.phase === "loading") return slow ? <Skeleton rows={4} height={148} /> : null;

  const sections = [
    ["waiting", mostUrgentFirst(alerts.filter(isWaiting))],
    ["underway", alerts.filter(isUnderway)],
    [
      "cleared",
      alerts
        .filter((alert) => alert.cleared_at !== null && Date.parse(alert.cleared_at) >= midnight)
        .slice(0, 30),
    ],
  ] as const;
  if (sections.every(([, some]) => some.length === 0)) {
    return me.beats.length === 0 ? (
      <Empty title={w.noBeat} hint={w.noBeatHint} icon="user" />
    ) : (
      <Empty title={w.emptyTitle} hint={w.emptyHint} icon="bell" />
    );
  }
  return (
    <>
      {sections.map(
        ([name, some]) =>
          some.length > 0 && (
            <section key={name}>
              <h2 class="cards-title">
                {w.section[name]} <span>{some.length}</span>
              </h2>
              <ul class="cards">
                {some.map((alert) => (
                  <li key={alert.id}>
                    {name === "cleared" ? (
                      <ClearedRow alert={alert} onOpen={onOpen} />
                    ) : (
                      <AlertCard alert={alert} outbox={outbox} at={at} onOpen={onOpen} />
                    )}
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

interface CardProps {
  alert: Alert;
  outbox: Outbox;
  at: Position | null;
  onOpen(id: number): void;
}

function AlertCard({ alert, outbox, at, onOpen }: CardProps) {
  const words = useWords();
  const now = useNow();
  const kept = useValue(outbox.items).some((item) => item.alert === alert.id);
  const stage = stageOf(alert);
  const pictures = Math.min(alert.evidence_count, 2);
  return (
    <article class="alert-card" data-alert={alert.id} style={{ "--hue": `var(--${matterOf(alert)})` }}>
      <button type="button" class="alert-open" onClick={() => onOpen(alert.id)}>
        {pictures > 0 ? (
          <Thumb url={`/api/alerts/${alert.id}/evidence/${pictures}`} />
        ) : (
          <span class="alert-thumb" />
        )}
        <span class="alert-what">
          <AlertMark alert={alert} size={alert.state === "escalated" ? 28 : 22} />
          {matterName(alert, words)}
        </span>
        {at !== null && <span class="alert-far">{distance(distanceM(at, [alert.lon, alert.lat]))}</span>}
        <span class="alert-where">{place(alert)}</span>
        <span class="alert-fence">{spotName(alert)}</span>
        <span class="alert-age">
          {words.time.lasting(shortSpan(words, dwellS(alert, now)))} ·{" "}
          {clockTime(Date.parse(alert.raised_at), now)}
          {alert.composed && <ComposedTag />}
        </span>
      </button>
      {kept ? (
        <p class="alert-kept">{words.officer.pendingHere}</p>
      ) : stage === "new" ? (
        <button
          type="button"
          class="button button-primary alert-do"
          onClick={() => outbox.do({ alert: alert.id, deed: "acknowledge", note: "", photo: null })}
        >
          {words.officer.acknowledge}
        </button>
      ) : (
        <p class={`stage stage-${stage} alert-stage`}>{words.stage[stage]}</p>
      )}
    </article>
  );
}

/** The picture small; without network an empty frame of the same size. */
function Thumb({ url }: { url: string }) {
  const [failed, setFailed] = useState(false);
  useEffect(() => setFailed(false), [url]);
  if (failed) return <span class="alert-thumb" />;
  return (
    <img
      class="alert-thumb"
      src={url}
      alt=""
      loading="lazy"
      width="112"
      height="84"
      onError={() => setFailed(true)}
    />
  );
}

function ClearedRow({ alert, onOpen }: { alert: Alert; onOpen(id: number): void }) {
  const words = useWords();
  return (
    <button type="button" class="cleared" onClick={() => onOpen(alert.id)}>
      <AlertMark alert={alert} size={22} />
      <span class="cleared-what">
        {matterName(alert, words)}
        <span>{place(alert)}</span>
      </span>
      <span class="cleared-when">{alert.cleared_at !== null && <When at={alert.cleared_at} />}</span>
    </button>
  );
}
