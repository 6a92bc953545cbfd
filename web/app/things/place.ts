import type { Geometry, Position } from "geojson";
import type { WatchedPlace } from "../api/setup";
import { holesOf, type Point, point, polygonOf, ringOf } from "../map/points";

/** A place as it is being changed: a spot, or an area where its extent is drawn. */
export interface PlaceDraft extends Omit<WatchedPlace, "geometry"> {
  known: boolean;
  spot: Point | null;
  area: readonly Point[] | null;
  /** Of the area: kept as they are. */
  holes: readonly Position[][];
}

export function draftOf({ geometry, ...said }: WatchedPlace): PlaceDraft {
  return {
    ...said,
    known: true,
    spot: geometry.type === "Point" ? point(geometry.coordinates) : null,
    area: ringOf(geometry),
    holes: holesOf(geometry),
  };
}

export function newPlace(name: string, drawn: Pick<PlaceDraft, "spot" | "area">): PlaceDraft {
  return {
    id: `place-${crypto.randomUUID().slice(0, 8)}`,
    known: false,
    name,
    class: "",
    key: false,
    demo: false,
    holes: [],
    ...drawn,
  };
}

/** What is sent of it. */
export function changeOf({
  name,
  class: of,
  key,
  demo,
  spot,
  area,
  holes,
}: PlaceDraft): Omit<WatchedPlace, "id"> {
  const geometry: Geometry =
    area === null ? { type: "Point", coordinates: [...(spot ?? [])] } : polygonOf(area, holes);
  return { name: name.trim(), class: of, geometry, key, demo };
}
