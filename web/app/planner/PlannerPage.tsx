import { Api } from "../api/client";
import { Failure } from "../parts/Notice";
import { useSession } from "../state/session";
import { Planner } from "./Planner";

const api = new Api();

export function PlannerPage() {
  const session = useSession(api, ["planner", "administrator"]);
  if (session.phase === "failed") return <Failure error={session.error} onRetry={session.retry} />;
  return session.phase === "here" ? <Planner api={api} me={session.me} /> : null;
}
