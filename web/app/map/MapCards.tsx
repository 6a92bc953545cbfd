import { dwellS, stageOf } from "../alerts/look";
import { gridPlace, matterName, place } from "../alerts/sentence";
import type { Alert, Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Condition } from "../api/watching";
import { useWords } from "../i18n/language";
import { reason } from "../i18n/reason";
import { ago, shortSpan } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { AlertMark } from "../parts/Mark";
import { ComposedTag } from "../parts/Tags";
import { TakeView } from "../parts/TakeView";
import { useNow } from "../state/hooks";

/** A camera that was clicked: is it seeing, since when, and which grid cannot be seen while it is not. */
export function CameraCard({
  api,
  camera,
  open,
  onWhyNot,
  onClose,
}: {
  api: Api;
  camera: Camera;
  open: number;
  onWhyNot(): void;
  onClose(): void;
}) {
  const words = useWords();
  const now = useNow();
  const w = words.camera;
  const { condition } = camera;
  return (
    <div class="card">
      <CardHead title={camera.name} onClose={onClose} />
      <p class={`card-state card-${camera.state}`}>
        <span class="card-dot" aria-hidden="true" />
        {w.stateSince(w.state[camera.state], ago(words, Date.parse(camera.state_since), now))}
      </p>
      {camera.state === "offline" && camera.grid !== null && (
        <p class="card-blind">{w.blind(camera.grid.name)}</p>
      )}
      {camera.state === "offline" && camera.reason !== "" && (
        <p class="quiet">
          {w.reason}
          {words.colon}
          <span title={camera.reason}>{reason(camera.reason, words)}</span>
        </p>
      )}
      {condition !== null && (
        <div class="card-condition">
          <ConditionNote condition={condition} />
          <TakeView key={condition.since} api={api} camera={camera} condition={condition} />
        </div>
      )}
      {camera.grid !== null && (
        <p class="quiet">
          {gridPlace(camera.grid)} <span class="code">{camera.grid.code}</span>
        </p>
      )}
      {!camera.calibrated && <p class="quiet">{w.uncalibrated}</p>}
      {camera.residual_m !== null && (
        <p class="quiet">{w.calibration(metres(camera.residual_m), metres(camera.leave_one_out_m))}</p>
      )}
      <p class="card-foot">
        {w.alerts(open)}
        {camera.composed && <ComposedTag />}
      </p>
      <button type="button" class="button" data-do="why-not" onClick={onWhyNot}>
        <Icon name="help" size={16} />
        {words.whyNot.title}
      </button>
    </div>
  );
}

/** What is wrong with the picture, with how it should be and how it is. */
export function ConditionNote({ condition }: { condition: Condition }) {
  const words = useWords();
  const now = useNow();
  const w = words.condition;
  const pictures = [
    [w.reference, condition.reference_url],
    [w.current, condition.current_url],
  ] as const;
  return (
    <>
      <p>
        <Icon name="warning" size={16} />
        <span>
          {w.title(words.unfit[condition.code] ?? condition.code)}
          <span class="quiet"> {w.since(ago(words, Date.parse(condition.since), now))}</span>
        </span>
      </p>
      <div class="card-pictures">
        {pictures.map(([label, url]) => (
          <figure key={label}>
            {url === null ? (
              <span class="card-no-picture">{w.noPicture}</span>
            ) : (
              <img src={url} alt={label} />
            )}
            <figcaption>{label}</figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}

function metres(m: number | null): string {
  return m === null ? "–" : m.toFixed(2);
}

/** Several alerts on one spot. */
export function AlertsCard({
  alerts,
  onOpen,
  onClose,
}: {
  alerts: readonly Alert[];
  onOpen(id: number): void;
  onClose(): void;
}) {
  const words = useWords();
  const now = useNow();
  return (
    <div class="card">
      <CardHead title={words.centre.moreHere(alerts.length)} onClose={onClose} />
      <ul class="card-alerts">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <button type="button" onClick={() => onOpen(alert.id)}>
              <AlertMark alert={alert} size={22} />
              <span class="card-alert-what">
                {matterName(alert, words)}
                <span>{place(alert)}</span>
              </span>
              <span class="card-alert-span">
                {words.stage[stageOf(alert)]}
                <span>{shortSpan(words, dwellS(alert, now))}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CardHead({ title, onClose }: { title: string; onClose(): void }) {
  const words = useWords();
  return (
    <header class="card-head">
      <h2>{title}</h2>
      <button type="button" class="tool" onClick={onClose} aria-label={words.close}>
        <Icon name="close" size={16} />
      </button>
    </header>
  );
}
