import type { Net, Person } from "../../api/city";
import type { Beat, BeatChange } from "../../api/editions";

/** How many colours there are to tell beats by, from 1. */
export const beatColours = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** A grid of either net as "net/code". */
export type GridKey = string;
export const keyOf = ({ net, code }: { net: Net; code: string }): GridKey => `${net}/${code}`;

/** A beat while it is changed. */
export interface BeatPlan {
  id: string;
  /** It is not stored yet. */
  fresh: boolean;
  name: string;
  colour: number;
  grids: readonly GridKey[];
  members: readonly Person[];
}

/** The colour of a beat: the one that somebody chose, else one by its place in the list. */
export function colourOf(beats: readonly Beat[], id: string): number {
  const place = beats.findIndex((beat) => beat.id === id);
  const chosen = beats[place]?.colour ?? 0;
  return chosen === 0 ? (Math.max(0, place) % beatColours.length) + 1 : chosen;
}

export function newBeat(beats: readonly Beat[], now: number): BeatPlan {
  const used = beats.map(({ id }) => colourOf(beats, id));
  const times = (colour: number) => used.filter((one) => one === colour).length;
  const [rarest = 1] = [...beatColours].sort((a, b) => times(a) - times(b));
  return { id: `beat-${now.toString(36)}`, fresh: true, name: "", colour: rarest, grids: [], members: [] };
}

export function planOf(beats: readonly Beat[], beat: Beat): BeatPlan {
  const { id, name, grids, members } = beat;
  return { id, fresh: false, name, colour: colourOf(beats, id), grids: grids.map(keyOf), members };
}

/** Takes a grid in, or leaves it out. */
export function toggled(plan: BeatPlan, key: GridKey): BeatPlan {
  const grids = plan.grids.includes(key) ? plan.grids.filter((one) => one !== key) : [...plan.grids, key];
  return { ...plan, grids };
}

/** Which beat has each grid now. */
export function owners(beats: readonly Beat[]): Map<GridKey, Beat> {
  return new Map(beats.flatMap((beat) => beat.grids.map((grid) => [keyOf(grid), beat] as const)));
}

/** The plan's grids that belong to other beats, each with whose it is: a grid is in one beat only. */
export function takenBy(beats: readonly Beat[], plan: BeatPlan): { key: GridKey; beat: Beat }[] {
  const owner = owners(beats);
  return plan.grids.flatMap((key) => {
    const beat = owner.get(key);
    return beat === undefined || beat.id === plan.id ? [] : [{ key, beat }];
  });
}

/** How many of the grids are of a net. */
export function countOf(grids: readonly GridKey[], net: Net): number {
  return grids.filter((key) => key.startsWith(`${net}/`)).length;
}

export function changeOf({ name, colour, grids, members }: BeatPlan, takeOver: boolean): BeatChange {
  return {
    name: name.trim(),
    colour,
    grids: grids.map((key) => {
      const [net = "", code = ""] = key.split("/");
      return { net: net as Net, code };
    }),
    members: members.map(({ id }) => id),
    take_over: takeOver,
  };
}
