import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isOfCamera } from "../alerts/look";
import { permitted } from "../alerts/permitted";
import { decisive, goods, gridPlace, thing, thresholdValue } from "../alerts/sentence";
import type { AlertDetail, GridRef, Receipt } from "../api/city";
import { useWords } from "../i18n/language";
import { clockTime, exactTime, span } from "../i18n/time";
import { Icon } from "../parts/Icon";

type Of = { alert: AlertDetail };

/** The way of an alert in six steps, each with its time once it happened. */
export function Progress({ alert }: Of) {
  const words = useWords();
  const steps = [
    ["raised", alert.raised_at],
    ["escalated", alert.escalated_at],
    ["acknowledged", alert.acknowledged_at],
    ["arrived", alert.arrived_at],
    ["handled", alert.handled_at],
    ["cleared", alert.cleared_at],
  ] as const;
  return (
    <ol class="progress">
      {steps.map(([step, at]) => (
        <li key={step} class={at === null ? "progress-step" : "progress-step progress-done"}>
          <span class="progress-dot" aria-hidden="true" />
          <span>{words.alert.progress[step]}</span>
          <span class="progress-time" title={at === null ? "" : exactTime(Date.parse(at))}>
            {at === null ? "–" : clockTime(Date.parse(at))}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function Answering({ alert }: Of) {
  const words = useWords();
  return (
    <div class="answering">
      <span class="avatar" aria-hidden="true">
        {[...(alert.officer?.name ?? "?")][0]}
      </span>
      <div>
        <p class="answering-name">{alert.officer?.name ?? words.person}</p>
        <p class="answering-role">
          {alert.officer === null ? words.alert.nobody : `${words.alert.officer} · ${alert.grid?.name ?? ""}`}
        </p>
      </div>
    </div>
  );
}

/** Who was told, and how far the telling came. */
export function Receipts({ alert }: Of) {
  const words = useWords();
  return (
    <Section title={words.alert.receipts}>
      {alert.receipts.length === 0 && <p class="quiet">{words.alert.noReceipts}</p>}
      {alert.receipts.map((receipt) => (
        <Ladder key={`${receipt.person.id} ${receipt.device}`} receipt={receipt} />
      ))}
    </Section>
  );
}

function Ladder({ receipt }: { receipt: Receipt }) {
  const words = useWords();
  const rungs = [
    ["queued", receipt.queued_at],
    ["delivered", receipt.delivered_at],
    ["shown", receipt.shown_at],
    ["acknowledged", receipt.acknowledged_at],
  ] as const;
  return (
    <div class="ladder">
      <span class="ladder-name">{receipt.person.name}</span>
      <ol>
        {rungs.map(([rung, at]) => (
          <li key={rung} class={at === null ? "rung" : "rung rung-reached"}>
            <Icon name="check" size={14} />
            <span>{words.alert.receipt[rung]}</span>
            <span class="rung-time">{at === null ? "–" : clockTime(Date.parse(at))}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

export function Whereabouts({ alert }: Of) {
  const words = useWords();
  const w = words.alert;
  const others = [alert.grids.community, alert.grids.road].filter(
    (grid): grid is GridRef => grid !== null && grid.code !== alert.grid?.code,
  );
  return (
    <Section title={w.place}>
      <dl class="facts">
        {alert.grid !== null && <GridFact label={w.grid} grid={alert.grid} />}
        {others.map((grid) => (
          <GridFact key={grid.code} label={w.otherGrid(words.net[grid.net])} grid={grid} />
        ))}
        {!isOfCamera(alert) && <Fact label={w.fence}>{alert.fence.name}</Fact>}
        <Fact label={w.camera}>{alert.camera.name}</Fact>
        {alert.also.length > 0 && (
          <Fact label={words.verdict.also}>
            {alert.also.map(({ camera, occupancy, cleared_at }) => (
              <span key={occupancy}>
                {camera.name}
                {cleared_at !== null && (
                  <span class="quiet"> {words.verdict.alsoCleared(clockTime(Date.parse(cleared_at)))}</span>
                )}
              </span>
            ))}
          </Fact>
        )}
        <Fact label={w.position}>
          <Coordinates lon={alert.lon} lat={alert.lat} />
          <span class="quiet">
            {isOfCamera(alert)
              ? words.device.position
              : alert.grounded
                ? w.within(rounded(alert.sigma_m))
                : w.areaOnly}
          </span>
        </Fact>
      </dl>
    </Section>
  );
}

function GridFact({ label, grid }: { label: string; grid: GridRef }) {
  const words = useWords();
  return (
    <Fact label={label}>
      {gridPlace(grid)}
      <span class="quiet code">
        {words.net[grid.net]} {grid.code}
      </span>
    </Fact>
  );
}

function Coordinates({ lon, lat }: { lon: number; lat: number }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const text = `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  return (
    <button
      type="button"
      class="copy"
      title={words.alert.copy}
      onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}
    >
      <span class="code">{text}</span>
      <Icon name={copied ? "check" : "copy"} size={14} />
      {copied && <span class="unseen">{words.alert.copied}</span>}
    </button>
  );
}

/** Why it was raised: rule, thresholds, tracks, permit, hours and model. */
export function Reasons({ alert, onWhyNot }: Of & { onWhyNot(camera: string, until: number): void }) {
  const words = useWords();
  const w = words.alert;
  const { why } = alert;
  if (isOfCamera(alert)) return null;
  const overridden = new Set(why.overridden ?? []);
  const thresholds = Object.entries(why.thresholds);
  const told = (key: string) => decisive.has(key) || overridden.has(key);
  const others = thresholds.filter(([key]) => !told(key));
  return (
    <Section title={w.why}>
      <dl class="facts">
        <Fact label={w.rule}>
          <span>
            <span class="code">{why.rule}</span> v{why.rule_version}
          </span>
        </Fact>
        {thresholds
          .filter(([key]) => told(key))
          .map(([key, value]) => (
            <Threshold key={key} name={key} value={value} overridden={overridden.has(key)} />
          ))}
        <Fact label={w.dwell}>{span(words, why.dwell_s)}</Fact>
        {why.people !== undefined && why.people > 0 && <Fact label={w.people}>{why.people}</Fact>}
        {why.count !== undefined && why.count > 0 && <Fact label={w.count}>{why.count}</Fact>}
        {(why.goods ?? []).length > 0 && <Fact label={w.goods}>{goods(why.goods ?? [], words)}</Fact>}
        {why.witness !== undefined && why.witness !== "" && (
          <Fact label={w.witness}>{thing(why.witness, words)}</Fact>
        )}
        {why.second_look !== undefined && (
          <Fact label={w.secondLook}>
            <span title={why.second_look.question}>
              {w.secondLookVerdict[why.second_look.verdict]}
              {why.second_look.answer ? `: ${why.second_look.answer}` : ""}
            </span>
            <span class="quiet" title={why.second_look.reason}>
              {why.second_look.model} · {why.second_look.took_s} s
            </span>
          </Fact>
        )}
        <Fact label={w.permit}>{permitted(why.permit, words)}</Fact>
        <Fact label={w.hours}>{why.hours === "always" ? w.hoursAlways : why.hours}</Fact>
        <Fact label={w.frames}>
          {w.frameCount(why.frames)}
          <span class="quiet">
            {w.score} {Math.round(alert.score * 100)}%
          </span>
        </Fact>
        {why.tracks.length > 0 && (
          <Fact label={w.tracks}>
            <span class="code">{why.tracks.slice(0, 12).join(" ")}</span>
          </Fact>
        )}
        <Fact label={w.model}>
          <span class="code fact-long" title={why.model}>
            {why.model}
          </span>
        </Fact>
      </dl>
      {others.length > 0 && (
        <details class="more">
          <summary>{w.otherThresholds(others.length)}</summary>
          <dl class="facts facts-two">
            {others.map(([key, value]) => (
              <Threshold key={key} name={key} value={value} overridden={false} />
            ))}
          </dl>
        </details>
      )}
      <button
        type="button"
        class="link-button"
        onClick={() => onWhyNot(alert.camera.id, Date.parse(alert.raised_at))}
      >
        {w.traceHere}
      </button>
    </Section>
  );
}

function Threshold({ name, value, overridden }: { name: string; value: number; overridden: boolean }) {
  const words = useWords();
  return (
    <Fact label={words.threshold[name] ?? name}>
      <span class="fact-line" title={name}>
        {thresholdValue(name, value, words)}
        {overridden && (
          <span class="tag" title={words.alert.overriddenHint}>
            {words.alert.overridden}
          </span>
        )}
      </span>
    </Fact>
  );
}

export function Events({ alert }: Of) {
  const words = useWords();
  const newestLast = [...alert.events].sort((a, b) => a.seq - b.seq);
  return (
    <Section title={words.alert.events}>
      <ol class="events">
        {newestLast.map((event) => (
          <li key={event.seq}>
            <time dateTime={event.at} title={exactTime(Date.parse(event.at))}>
              {clockTime(Date.parse(event.at), Date.now())}
            </time>
            <span>
              {words.event[event.type] ?? event.type}
              {event.verdict !== undefined && ` ${words.verdict[event.verdict]}`}
              {event.person !== null && <strong> {event.person.name}</strong>}
              {event.note !== "" && <span class="events-note">{event.note}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function rounded(metres: number): string {
  return metres < 10 ? metres.toFixed(1) : String(Math.round(metres));
}
