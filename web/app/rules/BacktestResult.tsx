import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { Backtest, BacktestItem, Change, Told } from "../api/rules";
import { changes } from "../api/rules";
import { useWords } from "../i18n/language";
import { clockTime, exactTime, span } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { differs, itemsOf, shiftS, totalsOf } from "./compare";
import { Decide } from "./Decide";
import { ruleName } from "./lines";
import type { InForceNow } from "./useInForce";

interface Props {
  api: Api;
  backtest: Backtest;
  inForce: InForceNow & { phase: "ready" };
  admin: boolean;
  onDecided(backtest: Backtest): void;
}

const mostShown = 200;

/** What would have been raised, missed, earlier, later or cleared otherwise, side by side. */
export function BacktestResult(props: Props) {
  const { backtest } = props;
  const words = useWords();
  const w = words.backtest;
  const [wanted, setWanted] = useState<ReadonlySet<Change>>(
    () => new Set(changes.filter((one) => one !== "same")),
  );
  if (backtest.state === "failed") {
    return (
      <div class="failure" role="alert">
        <Icon name="warning" size={20} />
        <div class="failure-words">
          <p class="failure-what">{w.failed}</p>
          <p class="failure-safe">
            {backtest.error} {words.failure.nothingChanged}
          </p>
        </div>
      </div>
    );
  }
  const shown = itemsOf(backtest.items, wanted);
  return (
    <section class="result">
      <header class="result-head">
        <div>
          <h2>{w.number(backtest.id)}</h2>
          <p class="quiet">
            {w.fromTo(
              exactTime(Date.parse(backtest.from)).slice(5, 16),
              exactTime(Date.parse(backtest.until)).slice(5, 16),
            )}{" "}
            · {w.looked(backtest.observations.toLocaleString("en"), backtest.cameras)}
          </p>
        </div>
        <Decide {...props} />
      </header>
      <Totals backtest={backtest} wanted={wanted} onWanted={setWanted} />
      {backtest.observations === 0 ? (
        <Empty title={w.noObservations} hint={w.noObservationsHint} icon="camera" />
      ) : (
        !differs(backtest) && <Empty title={w.nothing} hint={w.nothingHint} icon="check" />
      )}
      {shown.length > 0 && (
        <div class="result-columns" aria-hidden="true">
          <span />
          <span>{w.before}</span>
          <span>{w.after}</span>
        </div>
      )}
      {shown.slice(0, mostShown).map((item) => (
        <Item
          key={`${item.camera.id} ${item.fence.id} ${item.rule} ${item.before?.raised_at} ${item.after?.raised_at}`}
          item={item}
          {...props}
        />
      ))}
      {backtest.left_out > 0 && <p class="quiet">{w.leftOut(backtest.left_out)}</p>}
    </section>
  );
}

function Totals({
  backtest,
  wanted,
  onWanted,
}: {
  backtest: Backtest;
  wanted: ReadonlySet<Change>;
  onWanted(wanted: ReadonlySet<Change>): void;
}) {
  const w = useWords().backtest;
  return (
    <div class="totals">
      {totalsOf(backtest).map(({ change, n }) => (
        <button
          key={change}
          type="button"
          class={`total change-${change}`}
          data-change={change}
          aria-pressed={wanted.has(change)}
          title={w.changeHint[change]}
          onClick={() => {
            const next = new Set(wanted);
            if (!next.delete(change)) next.add(change);
            onWanted(next);
          }}
        >
          <strong>{n}</strong>
          {w.change[change]}
        </button>
      ))}
    </div>
  );
}

function Item({ item, inForce }: { item: BacktestItem } & Pick<Props, "inForce">) {
  const words = useWords();
  const w = words.backtest;
  const shift = shiftS(item);
  return (
    <article class="difference" data-change={item.change}>
      <div class="difference-what">
        <span class={`change change-${item.change}`}>{w.change[item.change]}</span>
        <strong>{item.fence.name}</strong>
        <span>{ruleName(item.rule, inForce.rules, words)}</span>
        <span class="quiet">{item.camera.name}</span>
        {shift !== null && Math.abs(shift) >= 1 && (
          <span class="quiet">
            {shift < 0 ? w.sooner(span(words, -shift)) : w.delayed(span(words, shift))}
          </span>
        )}
      </div>
      <Side told={item.before} />
      <Side told={item.after} />
    </article>
  );
}

/** What people would have been told under one set of rules, with its pictures. */
function Side({ told }: { told: Told | null }) {
  const w = useWords().backtest;
  if (told === null) return <div class="difference-side difference-none">{w.notRaised}</div>;
  const steps = [
    [w.raised, told.raised_at],
    [w.escalated, told.escalated_at],
    [w.cleared, told.cleared_at],
  ] as const;
  return (
    <div class="difference-side">
      <p>
        {steps.map(
          ([say, at]) =>
            at !== null && (
              <span key={at} title={exactTime(Date.parse(at))}>
                {say(clockTime(Date.parse(at), Date.now()))}
              </span>
            ),
        )}
        {told.cleared_at === null && <span class="quiet">{w.open}</span>}
      </p>
      {told.pictures.length === 0 ? (
        <p class="quiet">{w.noPictures}</p>
      ) : (
        <div class="difference-pictures">
          {told.pictures.map((url) => (
            <a key={url} href={url} target="_blank" rel="noreferrer">
              <img src={url} alt="" loading="lazy" />
            </a>
          ))}
        </div>
      )}
    </div>
  );
}
