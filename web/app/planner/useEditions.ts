import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { EditionNews } from "../api/city";
import type { Api } from "../api/client";
import type { Draft } from "../api/editions";
import { openSocket } from "../push/browser";
import { Link } from "../push/link";
import { toLogin } from "../state/session";
import type { DraftSession } from "./draft/session";

/** The city's editions, followed as people change them: the open one takes what others did. */
export function useEditions(
  api: Api,
  session: DraftSession | null,
  /** Boundaries of a net came into force. */
  onPublished: (news: EditionNews) => void,
): [readonly Draft[], () => void] {
  const [editions, setEditions] = useState<readonly Draft[]>([]);
  const ask = useCallback(() => {
    api.editions().then(({ items }) => setEditions(items), console.warn);
  }, [api]);
  const latest = useRef({ session, onPublished });
  latest.current = { session, onPublished };

  useEffect(() => {
    ask();
    const snapshot = async () => {
      ask();
      await latest.current.session?.reload();
      return (await api.alerts({ limit: 1 })).seq;
    };
    const link = new Link({
      open: openSocket,
      resnapshot: snapshot,
      onEvent: ({ edition }) => {
        if (edition === undefined) return;
        latest.current.session?.follow(edition);
        ask();
        if (["published", "withdrawn", "superseded"].includes(edition.state))
          latest.current.onPublished(edition);
      },
      onState: () => undefined,
      onSignedOut: toLogin,
    });
    let gone = false;
    api.alerts({ limit: 1 }).then(
      ({ seq }) => {
        if (!gone) link.start(seq);
      },
      (error: unknown) => console.warn("gridwatch: not live", error),
    );
    return () => {
      gone = true;
      link.stop();
    };
  }, [api, ask]);
  return [editions, ask];
}
