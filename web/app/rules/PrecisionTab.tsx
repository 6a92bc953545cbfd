import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { PrecisionList, RuleList } from "../api/rules";
import { useWords } from "../i18n/language";
import { percent } from "../i18n/measure";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { ReviewOnlyTag } from "../parts/Verdict";
import { useSlow } from "../state/hooks";
import { ruleName } from "./lines";
import { type Counts, gradeOf, type Pair, pairsOf } from "./precision";

const periods = [7, 30, 90] as const;
const hours = Array.from({ length: 24 }, (_, hour) => hour);

interface Props {
  api: Api;
  rules: RuleList;
  admin: boolean;
  onRule(rule: string): void;
}

/** How right each rule was at each camera and hour, by the operators' verdicts. */
export function PrecisionTab({ api, rules, admin, onRule }: Props) {
  const words = useWords();
  const w = words.precision;
  const [days, setDays] = useState<number>(30);
  const [list, setList] = useState<PrecisionList | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState(0);
  const slow = useSlow(list === null && error === null);
  useEffect(() => {
    let gone = false;
    setError(null);
    api.precision(days).then(
      (found) => !gone && setList(found),
      (failure: unknown) => !gone && setError(failure),
    );
    return () => {
      gone = true;
    };
  }, [api, days, asked]);
  const again = () => setAsked((n) => n + 1);

  const pairs = list === null ? [] : pairsOf(list.items);
  return (
    <section class="precision">
      <header class="precision-head">
        <h2>{w.title}</h2>
        <div class="choices">
          {periods.map((n) => (
            <button key={n} type="button" aria-pressed={n === days} onClick={() => setDays(n)}>
              {w.days(n)}
            </button>
          ))}
        </div>
        {list !== null && <p class="quiet">{w.floor(percent(list.floor), list.least)}</p>}
      </header>
      {error !== null && <Failure error={error} onRetry={again} />}
      {list === null && slow && <Skeleton rows={6} height={44} />}
      {list !== null && pairs.length === 0 && <Empty title={w.emptyTitle} hint={w.emptyHint} icon="check" />}
      {list !== null && pairs.length > 0 && (
        <div class="precision-scroll">
          <table>
            <thead>
              <tr>
                <th>{w.rule}</th>
                <th>{w.camera}</th>
                <th>{w.precision}</th>
                {hours.map((hour) => (
                  <th key={hour} class="precision-hour">
                    {hour}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {pairs.map((pair) => (
                <Row
                  key={`${pair.rule}/${pair.camera.id}`}
                  pair={pair}
                  rules={rules}
                  list={list}
                  onRule={onRule}
                  onTrust={
                    admin && pair.reviewOnly
                      ? () => api.trustAgain(pair.rule, pair.camera.id).then(again, setError)
                      : null
                  }
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  pair: Pair;
  rules: RuleList;
  list: PrecisionList;
  onRule(rule: string): void;
  onTrust: (() => void) | null;
}

function Row({ pair, rules, list, onRule, onTrust }: RowProps) {
  const words = useWords();
  const w = words.precision;
  const grade = (counts: Counts) => gradeOf(counts, list.floor, list.least);
  const said = ({ true: t, false: f, duplicate: d }: Counts) => w.counts(t, f, d);
  return (
    <tr data-pair={`${pair.rule}/${pair.camera.id}`}>
      <td>
        <button type="button" class="link-button" onClick={() => onRule(pair.rule)}>
          {ruleName(pair.rule, rules, words)}
        </button>
      </td>
      <td>{pair.camera.name}</td>
      <td>
        <span class={`grade grade-${grade(pair.whole)}`}>
          {pair.whole.precision === null ? "–" : percent(pair.whole.precision)}
        </span>
        <span class="quiet"> {said(pair.whole)}</span>
        {grade(pair.whole) === "few" && <span class="tag">{w.few}</span>}
        {pair.reviewOnly && <ReviewOnlyTag />}
        {onTrust !== null && (
          <button type="button" class="link-button" title={w.trustHint} onClick={onTrust}>
            {w.trust}
          </button>
        )}
      </td>
      {hours.map((hour) => {
        const counts = pair.hours.get(hour);
        return (
          <td
            key={hour}
            class="precision-hour"
            title={
              counts === undefined
                ? ""
                : w.cell(
                    String(hour).padStart(2, "0"),
                    counts.precision === null ? w.none : percent(counts.precision),
                    said(counts),
                  )
            }
          >
            {counts !== undefined && (
              <span class={`hour-cell grade-${grade(counts)}`}>
                {counts.true + counts.false + counts.duplicate}
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}
