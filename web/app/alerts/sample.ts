import sample from "../../testdata/alert.json" with { type: "json" };
import { Alert, type FeedEvent } from "../api/city";

/** For tests: an alert as the service writes one, with some of it changed. */
export function anAlert(changes: Partial<Alert> = {}): Alert {
  return { ...Alert.read(sample), ...changes };
}

/** For tests: an event of the socket about an alert. */
export function anEvent(seq: number, alert: Alert, type = "alert.raised"): FeedEvent {
  return { seq, type, at: alert.raised_at, alert };
}
