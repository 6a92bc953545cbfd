import { type Backtest, type BacktestItem, type Change, changes } from "../api/rules";

/** By how many seconds the changed rule raises later than the one in force; null where one of both does not raise. */
export function shiftS({ before, after }: BacktestItem): number | null {
  const [then, now] = [before?.raised_at ?? null, after?.raised_at ?? null];
  return then === null || now === null ? null : (Date.parse(now) - Date.parse(then)) / 1000;
}

/** How many of each change there are, those that matter most first; what did not happen is left out. */
export function totalsOf({ totals }: Pick<Backtest, "totals">): { change: Change; n: number }[] {
  return changes.flatMap((change) => {
    const n = totals[change] ?? 0;
    return n === 0 ? [] : [{ change, n }];
  });
}

/** Whether the changed rules would have told people anything else. */
export function differs(backtest: Pick<Backtest, "totals">): boolean {
  return totalsOf(backtest).some(({ change }) => change !== "same");
}

/** The items of the wanted changes, what matters most first, then by time. */
export function itemsOf(items: readonly BacktestItem[], wanted: ReadonlySet<Change>): BacktestItem[] {
  const time = ({ before, after }: BacktestItem) =>
    Date.parse(after?.raised_at ?? before?.raised_at ?? "1970-01-01T00:00:00Z");
  return items
    .filter(({ change }) => wanted.has(change))
    .sort((a, b) => changes.indexOf(a.change) - changes.indexOf(b.change) || time(b) - time(a));
}
