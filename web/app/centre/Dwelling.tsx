import { matterOf } from "../alerts/look";
import { matterName, thing } from "../alerts/sentence";
import type { Api } from "../api/client";
import type { Dwelling } from "../api/watching";
import { useWords } from "../i18n/language";
import { exactTime, span } from "../i18n/time";
import { Mark } from "../parts/Mark";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { useSlow } from "../state/hooks";
import { usePoll } from "../state/poll";
import { nearestFirst, nextLimit } from "./dwelling";
import { gateName } from "./trace";

const everyMs = 2000;

interface Props {
  api: Api;
  onOpen(alert: number): void;
  onWhyNot(camera: string): void;
  onSpot(lon: number, lat: number): void;
}

/** Who dwells in a fence now, and how far each is from being raised. Asked for only while it is looked at. */
export function DwellingNow({ api, onOpen, onWhyNot, onSpot }: Props) {
  const words = useWords();
  const { value, error } = usePoll(() => api.dwelling(), everyMs, [api]);
  const slow = useSlow(value === null && error === null);
  if (value === null) {
    return error === null ? slow && <Skeleton rows={4} height={92} /> : <Failure error={error} />;
  }
  return (
    <section class="dwelling" aria-label={words.side.dwelling}>
      {error !== null ? (
        <p class="dwelling-stale" role="alert">
          {words.dwelling.offline}
        </p>
      ) : (
        <p class="dwelling-hint">
          <strong>{words.dwelling.count(value.items.length)}</strong> {words.dwelling.hint}
        </p>
      )}
      {value.items.length === 0 ? (
        <Empty title={words.dwelling.emptyTitle} hint={words.dwelling.emptyHint} icon="eye" />
      ) : (
        <ul>
          {nearestFirst(value.items).map((item) => (
            <Row key={item.occupancy} item={item} onOpen={onOpen} onWhyNot={onWhyNot} onSpot={onSpot} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ item, onOpen, onWhyNot, onSpot }: { item: Dwelling } & Omit<Props, "api">) {
  const words = useWords();
  const w = words.dwelling;
  const { alert_id: alert, camera } = item;
  const matter = matterOf(item);
  const limit = nextLimit(item);
  const dwell = span(words, item.dwell_s);
  return (
    <li class="dwell" style={{ "--hue": `var(--${matter})` }} data-occupancy={item.occupancy}>
      <button type="button" class="dwell-spot" onClick={() => onSpot(item.lon, item.lat)}>
        <Mark matter={matter} stage="new" escalated={item.phase === "escalated"} size={24} />
        <span class="dwell-what">
          {thing(item.class, words)} · {item.fence.name}
        </span>
        <span class="dwell-phase">{words.phase[item.phase] ?? item.phase}</span>
        <span class="dwell-where">
          {matterName(item, words)} · {camera.name}
        </span>
      </button>
      <div
        class="dwell-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(limit.progress * 100)}
        title={exactTime(Date.parse(item.since))}
      >
        <span style={{ width: `${limit.progress * 100}%` }} />
      </div>
      <div class="dwell-foot">
        <span>
          {limit.kind === "raise" && w.toRaise(dwell, span(words, item.raise_s))}
          {limit.kind === "escalate" && w.toEscalate(dwell, span(words, item.escalate_s))}
          {limit.kind === "none" && w.past(dwell)}
          {item.gate !== "" && limit.kind === "raise" && (
            <span class="quiet"> {w.waitsFor(gateName(item.gate, words))}</span>
          )}
        </span>
        {alert === null ? (
          <button type="button" class="link-button" onClick={() => onWhyNot(camera.id)}>
            {w.whyNot}
          </button>
        ) : (
          <button type="button" class="link-button" onClick={() => onOpen(alert)}>
            {w.openAlert(alert)}
          </button>
        )}
      </div>
    </li>
  );
}
