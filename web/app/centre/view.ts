import { everything, type Filter, phases } from "../alerts/filter";
import { matters } from "../alerts/look";
import { type Hash, type MapPosition, readId, readPosition, writePosition } from "../state/hash";

/** What the operator looks at; all of it stands in the address. */
export interface CentreView {
  alert: number | null;
  filter: Filter;
  map: MapPosition | null;
}

export function readView(hash: Hash): CentreView {
  const hidden = (hash.hide ?? "").split(",");
  return {
    alert: readId(hash.alert),
    filter: {
      phase: phases.find((phase) => phase === hash.phase) ?? everything.phase,
      hidden: matters.filter((matter) => hidden.includes(matter)),
      text: hash.q ?? "",
    },
    map: readPosition(hash.map),
  };
}

export function writeView({ alert, filter, map }: CentreView): Hash {
  return {
    alert: alert === null ? "" : String(alert),
    phase: filter.phase === everything.phase ? "" : filter.phase,
    hide: filter.hidden.join(","),
    q: filter.text.trim(),
    map: map === null ? "" : writePosition(map),
  };
}
