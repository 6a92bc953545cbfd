import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { permitted } from "../alerts/permitted";
import { gridPlace, thing } from "../alerts/sentence";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Trace } from "../api/watching";
import { useWords } from "../i18n/language";
import { percent, plain } from "../i18n/measure";
import { clockTime, fromWall, wallText } from "../i18n/time";
import type { Words } from "../i18n/words";
import { Icon } from "../parts/Icon";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { SearchBox } from "../parts/SearchBox";
import { useSlow } from "../state/hooks";
import { TraceFrame } from "./TraceFrame";
import { type Candidate, candidates, continued, gateName, gateSentence, noteOf } from "./trace";

const minuteMs = 60_000;

interface Props {
  api: Api;
  cameras: readonly Camera[];
  camera: string | null;
  /** The end of the minute, milliseconds since 1970; null is now. */
  until: number | null;
  onLook(camera: string | null, until: number | null): void;
}

/** For a camera and a minute: each candidate that was stopped, and by which gate. */
export function WhyNot({ api, cameras, camera, until, onLook }: Props) {
  const known = cameras.find(({ id }) => id === camera);
  if (camera === null) return <PickCamera cameras={cameras} onPick={(id) => onLook(id, until)} />;
  return (
    <section class="whynot">
      <Asked name={known?.name ?? camera} camera={camera} until={until} onLook={onLook} />
      <Answer key={`${camera} ${until}`} api={api} camera={camera} until={until} />
    </section>
  );
}

function PickCamera({ cameras, onPick }: { cameras: readonly Camera[]; onPick(id: string): void }) {
  const words = useWords();
  const w = words.whyNot;
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = cameras.filter(({ id, name, grid }) =>
    `${id} ${name} ${grid?.name ?? ""} ${grid?.street ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <section class="whynot">
      <div class="whynot-pick">
        <h2>{w.pick}</h2>
        <p class="quiet">{w.pickHint}</p>
        <SearchBox text={text} label={w.search} onText={setText} />
      </div>
      {found.length === 0 && <p class="whynot-none quiet">{w.noCamera}</p>}
      <ul class="whynot-cameras">
        {found.slice(0, 200).map(({ id, name, grid, state }) => (
          <li key={id}>
            <button type="button" data-camera={id} onClick={() => onPick(id)}>
              <Icon name="camera" />
              <span>{name}</span>
              <span class="quiet">{grid === null ? "" : gridPlace(grid)}</span>
              <span class={`camera-word camera-${state}`}>{words.camera.state[state]}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Asked({
  name,
  camera,
  until,
  onLook,
}: { name: string; camera: string } & Pick<Props, "until" | "onLook">) {
  const words = useWords();
  const w = words.whyNot;
  const step = (by: number) => {
    const next = (until ?? Date.now()) + by * minuteMs;
    onLook(camera, next >= Date.now() ? null : next);
  };
  return (
    <header class="whynot-head">
      <div class="whynot-camera">
        <Icon name="camera" />
        <h2>{name}</h2>
        <button type="button" class="link-button" onClick={() => onLook(null, until)}>
          {w.other}
        </button>
      </div>
      <div class="whynot-time">
        <button type="button" class="tool" aria-label={w.earlier} title={w.earlier} onClick={() => step(-1)}>
          <Icon name="back" size={16} />
        </button>
        <input
          type="datetime-local"
          aria-label={w.at}
          value={wallText(until ?? Date.now()).slice(0, 16)}
          onChange={(event) => {
            const at = fromWall(event.currentTarget.value);
            if (at !== null) onLook(camera, Math.min(at, Date.now()));
          }}
        />
        <button
          type="button"
          class="tool"
          aria-label={w.later}
          title={w.later}
          disabled={until === null}
          onClick={() => step(1)}
        >
          <Icon name="next" size={16} />
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={until === null}
          onClick={() => onLook(camera, null)}
        >
          {w.now}
        </button>
      </div>
    </header>
  );
}

function Answer({ api, camera, until }: Pick<Props, "api" | "until"> & { camera: string }) {
  const words = useWords();
  const w = words.whyNot;
  const [trace, setTrace] = useState<Trace | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [more, setMore] = useState<"idle" | "busy" | { trouble: unknown }>("idle");
  const slow = useSlow(trace === null && error === null);

  const ask = useCallback(() => {
    setError(null);
    const [from, to] =
      until === null
        ? [undefined, undefined]
        : [new Date(until - minuteMs).toISOString(), new Date(until).toISOString()];
    return api.trace(camera, from, to).then(setTrace, setError);
  }, [api, camera, until]);
  useEffect(() => void ask(), [ask]);
  const goOn = async () => {
    if (trace === null || trace.next === null) return;
    setMore("busy");
    try {
      const rest = await api.trace(camera, trace.next, trace.until);
      // Who refreshed meanwhile sees the newer trace.
      setTrace((now) => (now === trace ? continued(trace, rest) : now));
      setMore("idle");
    } catch (trouble) {
      setMore({ trouble });
    }
  };

  if (error !== null) return <Failure error={error} onRetry={() => void ask()} />;
  if (trace === null) return slow ? <Skeleton rows={4} height={80} /> : null;
  return (
    <div class="whynot-answer">
      <p class="whynot-frames">
        {clockTime(Date.parse(trace.from))} – {clockTime(Date.parse(trace.until))} · {w.frames(trace.frames)}
        {until === null && (
          <button type="button" class="link-button" data-do="refresh" onClick={() => void ask()}>
            {w.refresh}
          </button>
        )}
      </p>
      <Unfit spans={trace.unfit} />
      <Candidates trace={trace} />
      {trace.next !== null && (
        <footer class="whynot-more">
          <p class="quiet">{w.cutOff(clockTime(Date.parse(trace.next)))}</p>
          {typeof more === "object" && <Failure error={more.trouble} onRetry={() => void goOn()} small />}
          <button
            type="button"
            class="button"
            data-do="more"
            disabled={more === "busy"}
            onClick={() => void goOn()}
          >
            {more === "busy" ? words.loading : w.more}
          </button>
        </footer>
      )}
    </div>
  );
}

function Unfit({ spans }: { spans: Trace["unfit"] }) {
  const words = useWords();
  if (spans.length === 0) return null;
  return (
    <section class="unfit">
      <h3>{words.whyNot.unfit}</h3>
      <ul>
        {spans.map(({ reason, from, until, frames }) => (
          <li key={`${reason} ${from}`}>
            <strong>{words.unfit[reason] ?? reason}</strong>
            <Lasting from={from} until={until} frames={frames} />
          </li>
        ))}
      </ul>
      <p class="quiet">{words.whyNot.unfitHint}</p>
    </section>
  );
}

function Candidates({ trace }: { trace: Trace }) {
  const words = useWords();
  const w = words.whyNot;
  const { near, far } = useMemo(() => candidates(trace.items), [trace]);
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    if (chosen !== null) document.getElementById(rowOf(chosen))?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  if (trace.frames === 0) return <Empty title={w.noFrames} hint={w.noFramesHint} icon="camera" />;
  if (near.length + far.length === 0) return <Empty title={w.emptyTitle} hint={w.emptyHint} icon="eye" />;
  return (
    <>
      <TraceFrame camera={trace.camera.id} candidates={near} chosen={chosen} onChoose={setChosen} />
      <h3 class="whynot-count">{w.candidates(near.length)}</h3>
      {near.map((candidate) => (
        <CandidateRow
          key={candidate.key}
          candidate={candidate}
          chosen={candidate.key === chosen}
          onChoose={() => setChosen(candidate.key === chosen ? null : candidate.key)}
        />
      ))}
      {far.length > 0 && (
        <details class="more whynot-far">
          <summary>{w.elsewhere(far.length)}</summary>
          {far.map((candidate) => (
            <CandidateRow key={candidate.key} candidate={candidate} chosen={false} />
          ))}
        </details>
      )}
    </>
  );
}

interface RowProps {
  candidate: Candidate;
  chosen: boolean;
  onChoose?(): void;
}

function CandidateRow({ candidate, chosen, onChoose }: RowProps) {
  const words = useWords();
  const { steps, last } = candidate;
  const what = last.class === "" ? gateName(last.gate, words) : thing(last.class, words);
  return (
    <article
      id={rowOf(candidate.key)}
      class={chosen ? "candidate candidate-chosen" : "candidate"}
      data-gate={last.gate}
    >
      <button type="button" class="candidate-head" aria-pressed={chosen} onClick={onChoose}>
        <strong>{what}</strong>
        {last.fence !== null && <span>{last.fence.name}</span>}
        <span class="quiet code">{last.rule}</span>
      </button>
      <ol class="gates">
        {steps.map((step) => (
          <li
            key={`${step.gate} ${step.passed} ${step.from} ${step.limit}`}
            class={step.passed ? "gate gate-passed" : "gate"}
          >
            <Icon name={step.passed ? "check" : "close"} size={14} />
            <span>
              {gateSentence(step, words)}
              {step.note !== "" && <span class="quiet"> {noteOf(step, words)}</span>}
              <Lasting from={step.from} until={step.until} frames={step.frames} />
            </span>
          </li>
        ))}
      </ol>
      <p class="quiet">{figures(candidate, words).join(" · ")}</p>
    </article>
  );
}

function figures({ last }: Candidate, words: Words): string[] {
  const w = words.whyNot;
  const [width = 0, height = 0] = last.size_px ?? [];
  return [
    last.track === 0 ? "" : w.track(last.track),
    last.score === 0 ? "" : w.score(percent(last.score)),
    last.size_px === null ? "" : w.sizePx(Math.round(width), Math.round(height)),
    last.size_m === null ? "" : w.sizeM(plain(Number(last.size_m.toFixed(1)))),
    last.inside === null ? "" : last.inside ? w.inside : w.outside,
    last.permit === "" ? "" : permitted(last.permit, words),
    last.hours === "" ? "" : `${words.alert.hours}${words.colon}${hours(last.hours, words)}`,
  ].filter((text) => text !== "");
}

function hours(said: string, words: Words): string {
  if (said === "always") return words.alert.hoursAlways;
  return said === "outside its hours" ? words.whyNot.closed : said;
}

function Lasting({ from, until, frames }: { from: string; until: string; frames: number }) {
  const words = useWords();
  const [begin, end] = [clockTime(Date.parse(from)), clockTime(Date.parse(until))];
  return (
    <span class="lasting">
      {frames <= 1 || begin === end ? words.whyNot.once(begin) : words.whyNot.lasting(begin, end, frames)}
    </span>
  );
}

function rowOf(key: string): string {
  return `candidate ${key}`;
}
