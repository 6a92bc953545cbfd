import { useEffect } from "preact/hooks";
import { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { Failure } from "../parts/Notice";
import { useSession } from "../state/session";
import { Rules } from "./Rules";

const api = new Api();

export function RulesPage() {
  const words = useWords();
  const session = useSession(api, ["operator", "administrator"]);
  useEffect(() => {
    document.title = `${words.rules.title} · ${words.productLong}`;
  }, [words]);
  if (session.phase === "failed") return <Failure error={session.error} onRetry={session.retry} />;
  return session.phase === "here" ? <Rules api={api} me={session.me} /> : null;
}
