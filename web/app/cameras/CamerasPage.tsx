import { Api } from "../api/client";
import { Failure } from "../parts/Notice";
import { useSession } from "../state/session";
import { Cameras } from "./Cameras";

const api = new Api();

export function CamerasPage() {
  const session = useSession(api, ["administrator"]);
  if (session.phase === "failed") return <Failure error={session.error} onRetry={session.retry} />;
  return session.phase === "here" ? <Cameras api={api} me={session.me} /> : null;
}
