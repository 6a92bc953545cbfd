import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { Backtest } from "../api/rules";

const everyMs = 1000;

/** One back-test, asked for again while it runs. put takes an answer that came otherwise. */
export function useBacktest(
  api: Api,
  id: string | null,
): { backtest: Backtest | null; error: unknown; put(backtest: Backtest): void; retry(): void } {
  const [found, setFound] = useState<{ backtest: Backtest | null; error: unknown }>(nothing);
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    setFound((before) => (before.backtest?.id === id ? before : nothing));
    if (id === null) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const backtest = await api.backtest(id);
        if (gone) return;
        setFound({ backtest, error: null });
        if (backtest.state === "running") timer = setTimeout(ask, everyMs);
      } catch (error) {
        if (!gone) setFound((before) => ({ ...before, error }));
      }
    };
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, id, asked]);

  return {
    ...found,
    put: (backtest) => setFound({ backtest, error: null }),
    retry: () => setAsked((n) => n + 1),
  };
}

const nothing = { backtest: null, error: null };
