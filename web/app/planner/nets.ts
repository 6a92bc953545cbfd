import { useEffect, useState } from "preact/hooks";
import type { Grid, GridCollection, Net } from "../api/city";
import { nets } from "../api/city";
import type { Api } from "../api/client";

/** Both nets as they are at one moment. */
export type Nets =
  | { phase: "loading"; byNet: Partial<Record<Net, GridCollection>> }
  | { phase: "failed"; error: unknown; byNet: Partial<Record<Net, GridCollection>> }
  | { phase: "ready"; byNet: Partial<Record<Net, GridCollection>> };

/** The nets as of a moment. While another moment loads, the one before stays in sight. */
export function useNets(api: Api, at: string | undefined): [Nets, () => void] {
  const [state, setState] = useState<Nets>({ phase: "loading", byNet: {} });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    setState(({ byNet }) => ({ phase: "loading", byNet }));
    Promise.all(nets.map((net) => api.grids(net, at))).then(
      ([community, road]) => {
        if (gone || community === undefined || road === undefined) return;
        setState({ phase: "ready", byNet: { community, road } });
      },
      (error: unknown) => {
        if (!gone) setState(({ byNet }) => ({ phase: "failed", error, byNet }));
      },
    );
    return () => {
      gone = true;
    };
  }, [api, at, attempt]);
  return [state, () => setAttempt((n) => n + 1)];
}

export function allGrids({ byNet }: Nets): Grid[] {
  return nets.flatMap((net) => byNet[net]?.features ?? []);
}
