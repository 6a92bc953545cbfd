import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Alert } from "../api/city";
import type { Api } from "../api/client";
import { openSocket } from "../push/browser";
import { toLogin } from "../state/session";
import { Live } from "./live";

/** The live city for as long as the page is there. onNews may change from drawing to drawing; scoped is as Live has it. */
export function useLive(api: Api, onNews: (alerts: Alert[]) => void, scoped = false): Live {
  const news = useRef(onNews);
  news.current = onNews;
  const live = useMemo(
    () =>
      new Live({ api, openSocket, onSignedOut: toLogin, onNews: (alerts) => news.current(alerts), scoped }),
    [api, scoped],
  );

  useEffect(() => {
    void live.start();
    const online = () => live.networkChanged(true);
    const offline = () => live.networkChanged(false);
    const seen = () => {
      if (!document.hidden) live.networkChanged(true);
    };
    addEventListener("online", online);
    addEventListener("offline", offline);
    document.addEventListener("visibilitychange", seen);
    return () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", seen);
      live.stop();
    };
  }, [live]);
  return live;
}
