import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Net } from "../../api/city";
import type { Api } from "../../api/client";
import type { Beat, BeatList } from "../../api/editions";
import type { CityMap } from "../../map/CityMap";
import { BeatPaint } from "./paint";
import { type BeatPlan, colourOf, keyOf, owners, takenBy, toggled } from "./plan";

const none: readonly Beat[] = [];

export interface Beats {
  /** Null until they came. */
  list: BeatList | null;
  trouble: unknown;
  plan: BeatPlan | null;
  setPlan(plan: BeatPlan | null): void;
  reload(): Promise<void>;
  /** A click on a grid: it is taken into the plan, or left out; false where there is no plan. */
  click(grid: { net: Net; code: string }): boolean;
}

/** The beats while their tab is open, and the one that is changed, painted on the map. */
export function useBeats(api: Api, map: CityMap | null, open: boolean): Beats {
  const [list, setList] = useState<BeatList | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [plan, setPlan] = useState<BeatPlan | null>(null);
  const [paint, setPaint] = useState<BeatPaint | null>(null);
  const reload = useCallback(
    () =>
      api.beats().then((next) => {
        setList(next);
        setTrouble(null);
      }, setTrouble),
    [api],
  );
  useEffect(() => {
    if (!open) return;
    void reload();
    return () => setPlan(null);
  }, [open, reload]);
  useEffect(() => {
    if (!open || map === null) return;
    const painter = new BeatPaint(map);
    setPaint(painter);
    return () => {
      painter.stop();
      setPaint(null);
    };
  }, [open, map]);

  const beats = list?.items ?? none;
  const scene = useMemo(() => {
    const colours = new Map([...owners(beats)].map(([key, { id }]) => [key, colourOf(beats, id)]));
    if (plan === null) return { colours, chosen: [], taken: [] };
    // What the plan leaves out is nobody's in it.
    for (const { key } of beats.flatMap(({ id, grids }) =>
      id === plan.id ? grids.map((grid) => ({ key: keyOf(grid) })) : [],
    ))
      colours.delete(key);
    for (const key of plan.grids) colours.set(key, plan.colour);
    return { colours, chosen: plan.grids, taken: takenBy(beats, plan).map(({ key }) => key) };
  }, [beats, plan]);
  useEffect(() => paint?.show(scene), [paint, scene]);

  return {
    list,
    trouble,
    plan,
    setPlan,
    reload,
    click: (grid) => {
      if (plan === null) return false;
      setPlan(toggled(plan, keyOf(grid)));
      return true;
    },
  };
}
