import type { Impact } from "../../api/editions";
import { boundaryOf, pointOf } from "../coverage/plane";
import type { Scene } from "../tools/scene";
import type { ImpactTable } from "./ImpactBar";

/** The ground that changes hands, and on it the things of one table. */
export function impactScene(impact: Impact, table: ImpactTable): Scene {
  const { moved } = impact;
  const ground = moved === null ? [] : [{ boundary: boundaryOf(moved), look: "gap" } as const];
  if (table === "grids" || table === "officers" || table === "beats") return { areas: ground };
  return {
    areas: ground,
    dots: impact[table].map(({ lon, lat }) => ({ at: pointOf([lon, lat]), look: "hot" })),
  };
}
