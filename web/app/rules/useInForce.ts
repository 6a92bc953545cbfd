import { useCallback, useEffect, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { RuleList } from "../api/rules";
import type { Fence } from "./draft";

export type InForceNow =
  | { phase: "loading" }
  | { phase: "failed"; error: unknown }
  | { phase: "ready"; rules: RuleList; fences: Fence[]; cameras: Camera[] };

/** The rules, fences and cameras as they are now; asked for again when something was published. */
export function useInForce(api: Api): [InForceNow, () => void] {
  const [now, setNow] = useState<InForceNow>({ phase: "loading" });
  const load = useCallback(() => {
    Promise.all([api.rules(), api.fences(), api.cameras()]).then(
      ([rules, fences, cameras]) =>
        setNow({ phase: "ready", rules, fences: fences.features, cameras: cameras.items }),
      (error: unknown) => setNow({ phase: "failed", error }),
    );
  }, [api]);
  useEffect(load, [load]);
  return [now, load];
}
