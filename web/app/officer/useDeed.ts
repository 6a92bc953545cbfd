import { useState } from "preact/hooks";
import type { Item, Outbox } from "./outbox";

/** One thing being done: whether it is on its way, and why it was refused. */
export function useDeed(outbox: Outbox): {
  busy: boolean;
  error: unknown;
  act(item: Item): Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    /** Reports whether the deed was taken, by the service or by the outbox. */
    async act(item) {
      setBusy(true);
      setError(null);
      try {
        await outbox.do(item);
        return true;
      } catch (failure) {
        setError(failure);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
