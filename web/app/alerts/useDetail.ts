import { useCallback, useEffect, useState } from "preact/hooks";
import type { Alert, AlertDetail } from "../api/city";
import type { Api } from "../api/client";

export interface Detail {
  alert: AlertDetail | null;
  error: unknown;
}

/** One alert in full, loaded again whenever the list learns something new of it. */
export function useDetail(api: Api, id: number, known: Alert | undefined): [Detail, () => void] {
  const [detail, setDetail] = useState<Detail>({ alert: null, error: null });
  const [attempt, setAttempt] = useState(0);
  const reload = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    let gone = false;
    setDetail((before) => (before.alert?.id === id ? before : { alert: null, error: null }));
    api.alert(id).then(
      (alert) => {
        if (!gone) setDetail({ alert, error: null });
      },
      (error: unknown) => {
        if (!gone) setDetail((before) => ({ alert: before.alert, error }));
      },
    );
    return () => {
      gone = true;
    };
  }, [api, id, known, attempt]);

  return [detail.alert?.id === id || detail.alert === null ? detail : { alert: null, error: null }, reload];
}
