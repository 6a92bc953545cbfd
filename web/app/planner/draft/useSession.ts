import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import { DraftSession } from "./session";

export type Opened =
  | { phase: "none" }
  | { phase: "loading" }
  | { phase: "failed"; error: unknown; retry(): void }
  | { phase: "open"; session: DraftSession; reopen(): void };

/** The work on the edition that is open; none where none is. */
export function useSession(api: Api, edition: number | null, outline: boolean): Opened {
  const [opened, setOpened] = useState<Opened>({ phase: "none" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (edition === null) {
      setOpened({ phase: "none" });
      return;
    }
    let gone = false;
    setOpened({ phase: "loading" });
    DraftSession.open(api, edition, outline).then(
      (session) => {
        if (!gone) setOpened({ phase: "open", session, reopen: () => setAttempt((n) => n + 1) });
      },
      (error: unknown) => {
        if (!gone) setOpened({ phase: "failed", error, retry: () => setAttempt((n) => n + 1) });
      },
    );
    return () => {
      gone = true;
    };
  }, [api, edition, outline, attempt]);
  return opened;
}
