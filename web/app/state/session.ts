import { useEffect, useState } from "preact/hooks";
import type { Me, Role } from "../api/city";
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import { setZone } from "../i18n/time";
import { home, loginFrom } from "../login/after";

export type Session =
  | { phase: "loading" }
  | { phase: "failed"; error: unknown; retry(): void }
  | { phase: "here"; me: Me };

/** Who looks at this page. Whoever is signed out goes to the login page; whoever is elsewhere at home goes there. */
export function useSession(api: Api, roles: readonly Role[]): Session {
  const [session, setSession] = useState<Session>({ phase: "loading" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let gone = false;
    setSession({ phase: "loading" });
    api.me().then(
      (me) => {
        if (gone) return;
        setZone(me.district.timezone);
        if (roles.includes(me.role)) setSession({ phase: "here", me });
        else location.replace(home[me.role]);
      },
      (error: unknown) => {
        if (gone) return;
        if (error instanceof Problem && error.status === 401) toLogin();
        else setSession({ phase: "failed", error, retry: () => setAttempt((n) => n + 1) });
      },
    );
    return () => {
      gone = true;
    };
  }, [attempt]);
  return session;
}

export function toLogin(): void {
  location.replace(loginFrom(location));
}
