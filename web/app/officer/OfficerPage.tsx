import { Api } from "../api/client";
import { Failure } from "../parts/Notice";
import { useSession } from "../state/session";
import { Officer } from "./Officer";

const api = new Api();

export function OfficerPage() {
  const session = useSession(api, ["officer", "property_manager"]);
  if (session.phase === "failed") return <Failure error={session.error} onRetry={session.retry} />;
  return session.phase === "here" ? <Officer api={api} me={session.me} /> : null;
}
