import { everything, type Filter, phases } from "../alerts/filter";
import { matters } from "../alerts/look";
import { type Hash, type MapPosition, readId, readPosition, writePosition } from "../state/hash";

/** What stands beside the map. */
export const sides = ["alerts", "dwelling", "whyNot"] as const;
export type Side = (typeof sides)[number];

/** What the operator looks at; all of it stands in the address. */
export interface CentreView {
  side: Side;
  alert: number | null;
  /** Whose minute is looked at, and its end in milliseconds since 1970; null is now. */
  camera: string | null;
  until: number | null;
  filter: Filter;
  map: MapPosition | null;
}

export function readView(hash: Hash): CentreView {
  const hidden = (hash.hide ?? "").split(",");
  const until = Date.parse(hash.until ?? "");
  return {
    side: sides.find((side) => side === hash.side) ?? "alerts",
    camera: hash.camera ?? null,
    until: Number.isNaN(until) ? null : until,
    alert: readId(hash.alert),
    filter: {
      phase: phases.find((phase) => phase === hash.phase) ?? everything.phase,
      hidden: matters.filter((matter) => hidden.includes(matter)),
      text: hash.q ?? "",
    },
    map: readPosition(hash.map),
  };
}

export function writeView({ side, alert, camera, until, filter, map }: CentreView): Hash {
  return {
    side: side === "alerts" ? "" : side,
    camera: side === "whyNot" ? (camera ?? "") : "",
    until: side === "whyNot" && until !== null ? new Date(until).toISOString() : "",
    alert: alert === null ? "" : String(alert),
    phase: filter.phase === everything.phase ? "" : filter.phase,
    hide: filter.hidden.join(","),
    q: filter.text.trim(),
    map: map === null ? "" : writePosition(map),
  };
}
