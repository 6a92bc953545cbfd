import { useEffect, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Backtest } from "../api/rules";
import { useWords } from "../i18n/language";
import { percent } from "../i18n/measure";
import { clockTime, fromWall, wallText } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { Empty, Failure } from "../parts/Notice";
import { useValue } from "../state/hooks";
import { BacktestResult } from "./BacktestResult";
import { type DraftLine, emptyDraft, requestOf, troublesOf, without } from "./draft";
import { draft, tried } from "./kept";
import { lineText } from "./lines";
import { useBacktest } from "./useBacktest";
import type { InForceNow } from "./useInForce";

interface Props {
  api: Api;
  inForce: InForceNow & { phase: "ready" };
  lines: readonly DraftLine[];
  admin: boolean;
  chosen: string | null;
  onChoose(backtest: string | null): void;
  onRules(): void;
  onPublished(): void;
}

/** The draft on the left, what it would have done on the right. */
export function BacktestTab(props: Props) {
  const { api, inForce, admin, chosen, onChoose, onPublished } = props;
  const words = useWords();
  const w = words.backtest;
  const { backtest, error, put, retry } = useBacktest(api, chosen);
  const [history, setHistory] = useState<readonly Backtest[]>([]);
  useEffect(() => {
    // Without it a new one can be run all the same.
    api.backtests().then(({ items }) => setHistory(items), console.warn);
  }, [api, backtest?.state, backtest?.id]);

  return (
    <div class="backtest">
      <aside class="backtest-side">
        <DraftBlock {...props} />
        {admin && (
          <RunBlock
            {...props}
            onStarted={(started) => {
              put(started);
              onChoose(started.id);
            }}
          />
        )}
        <History history={history} chosen={chosen} onChoose={onChoose} />
      </aside>
      <div class="backtest-main">
        {error !== null && <Failure error={error} onRetry={retry} />}
        {chosen === null && <Empty title={w.pick} hint={w.pickHint} icon="slide" />}
        {backtest !== null && backtest.id === chosen && backtest.state === "running" && (
          <div class="backtest-running" role="status">
            <p>{w.running(percent(backtest.progress))}</p>
            <progress max={1} value={backtest.progress} />
            <p class="quiet">{w.looked(backtest.observations.toLocaleString("en"), backtest.cameras)}</p>
            {admin && (
              <button
                type="button"
                class="button"
                onClick={() => api.decideBacktest(backtest.id, "discard").then(put, console.warn)}
              >
                {w.stop}
              </button>
            )}
          </div>
        )}
        {backtest !== null && backtest.id === chosen && backtest.state !== "running" && (
          <BacktestResult
            key={backtest.id}
            api={api}
            backtest={backtest}
            inForce={inForce}
            admin={admin}
            onDecided={(decided) => {
              put(decided);
              if (decided.state === "published") onPublished();
            }}
          />
        )}
      </div>
    </div>
  );
}

function DraftBlock({ inForce, lines, onRules }: Props) {
  const words = useWords();
  const w = words.draft;
  return (
    <section class="side-block">
      <h2>{lines.length === 0 ? w.title : w.count(lines.length)}</h2>
      {lines.length === 0 ? (
        <>
          <p class="quiet">{w.emptyHint}</p>
          <button type="button" class="button" onClick={onRules}>
            {w.goRules}
          </button>
        </>
      ) : (
        <>
          <ul class="draft-lines">
            {lines.map((line) => {
              const said = lineText(line, inForce.rules, words);
              return (
                <li key={said}>
                  <span>{said}</span>
                  <button
                    type="button"
                    class="tool"
                    aria-label={w.undo}
                    title={w.undo}
                    onClick={() =>
                      draft.set(
                        without(draft.get(), line, { rules: inForce.rules.items, fences: inForce.fences }),
                      )
                    }
                  >
                    <Icon name="close" size={14} />
                  </button>
                </li>
              );
            })}
          </ul>
          <button type="button" class="link-button" onClick={() => draft.set(emptyDraft)}>
            {w.clear}
          </button>
        </>
      )}
    </section>
  );
}

const hourMs = 3600_000;
const presets = [1, 6, 24, 72, 168] as const;

function RunBlock({ api, inForce, lines, onStarted }: Props & { onStarted(backtest: Backtest): void }) {
  const words = useWords();
  const w = words.backtest;
  const drafted = useValue(draft);
  const [cameras, setCameras] = useState<readonly string[]>([]);
  const [hours, setHours] = useState<number | null>(1);
  const [own, setOwn] = useState(() => ({ from: Date.now() - hourMs, until: Date.now() }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ordered = hours !== null || own.until > own.from;
  const sound = troublesOf(drafted, inForce.rules.items).size === 0;

  const run = async () => {
    setBusy(true);
    setError(null);
    const until = Date.now();
    const period = hours === null ? own : { from: until - hours * hourMs, until };
    try {
      const started = await api.startBacktest(requestOf(drafted, { cameras, ...period }));
      tried.set({ id: started.id, draft: drafted });
      onStarted(started);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const presetName = (n: number) => (n === 1 ? w.lastHour : n <= 24 ? w.lastHours(n) : w.lastDays(n / 24));
  return (
    <section class="side-block">
      <h2>{w.title}</h2>
      <p class="field-name">{w.period}</p>
      <div class="choices">
        {presets.map((n) => (
          <button key={n} type="button" aria-pressed={hours === n} onClick={() => setHours(n)}>
            {presetName(n)}
          </button>
        ))}
        <button type="button" aria-pressed={hours === null} onClick={() => setHours(null)}>
          {w.own}
        </button>
      </div>
      {hours === null && (
        <div class="fields">
          {(["from", "until"] as const).map((end) => (
            <label key={end}>
              <span>{w[end]}</span>
              <input
                type="datetime-local"
                value={wallText(own[end]).slice(0, 16)}
                onChange={(event) => {
                  const at = fromWall(event.currentTarget.value);
                  if (at !== null) setOwn((before) => ({ ...before, [end]: at }));
                }}
              />
            </label>
          ))}
          {!ordered && <p class="threshold-trouble">{w.badPeriod}</p>}
        </div>
      )}
      <Cameras cameras={inForce.cameras} chosen={cameras} onChoose={setCameras} />
      {error !== null && <Failure error={error} onRetry={() => void run()} small />}
      <button
        type="button"
        class="button button-primary backtest-run"
        data-do="run"
        disabled={busy || lines.length === 0 || !ordered || !sound}
        onClick={() => void run()}
      >
        {busy ? w.starting : w.run}
      </button>
    </section>
  );
}

function Cameras({
  cameras,
  chosen,
  onChoose,
}: {
  cameras: readonly Camera[];
  chosen: readonly string[];
  onChoose(chosen: readonly string[]): void;
}) {
  const w = useWords().backtest;
  return (
    <details class="backtest-cameras">
      <summary>
        {w.cameras} · {chosen.length === 0 ? w.allCameras(cameras.length) : w.someCameras(chosen.length)}
      </summary>
      <ul>
        {cameras.map(({ id, name }) => (
          <li key={id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={() =>
                  onChoose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
                }
              />
              {name}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

function History({
  history,
  chosen,
  onChoose,
}: {
  history: readonly Backtest[];
  chosen: string | null;
  onChoose(backtest: string): void;
}) {
  const words = useWords();
  const w = words.backtest;
  return (
    <section class="side-block">
      <h2>{w.history}</h2>
      {history.length === 0 && <p class="quiet">{w.noHistory}</p>}
      <ul class="backtest-history">
        {history.map(({ id, state, by, created_at }) => (
          <li key={id}>
            <button type="button" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
              <span>{w.number(id)}</span>
              <span class={`backtest-state backtest-${state}`}>{w.state[state]}</span>
              <span class="quiet">{w.by(by.name, clockTime(Date.parse(created_at), Date.now()))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
