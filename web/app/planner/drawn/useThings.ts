import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import type { Rule } from "../../api/rules";
import type { Permit, PlaceClass, WatchedPlace } from "../../api/setup";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import { permitFeatures, placeFeatures, placeMark, type ThingKind } from "../../map/things";
import { className } from "../../state/placeClasses";
import type { Fence } from "../../things/fence";

/** The fences, permits and places of the city, with what they can be of. */
export interface Things {
  fences: readonly Fence[];
  permits: readonly Permit[];
  places: readonly WatchedPlace[];
  classes: readonly PlaceClass[];
  rules: readonly Rule[];
}

/** One thing of them. */
export interface Hand {
  kind: ThingKind;
  id: string;
}

export interface CityThings {
  /** Null until they are there. */
  things: Things | null;
  trouble: unknown;
  load(): Promise<void>;
}

export function useThings(api: Api): CityThings {
  const [things, setThings] = useState<Things | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const load = useCallback(async () => {
    try {
      const [fences, permits, places, rules] = await Promise.all([
        api.fences(),
        api.permits(),
        api.places(),
        api.rules(),
      ]);
      setThings({
        fences: fences.features,
        permits,
        places: places.items,
        classes: places.classes,
        rules: rules.items,
      });
      setTrouble(null);
    } catch (error) {
      setTrouble(error);
    }
  }, [api]);
  useEffect(() => void load(), [load]);
  return { things, trouble, load };
}

/** Shows them on the map as of a moment, but the one in hand: that is drawn over the map, as it is being changed. */
export function useThingLayers(
  map: CityMap | null,
  things: Things | null,
  at: string | undefined,
  hand: Hand | null,
): void {
  const words = useWords();
  const inHand = (kind: ThingKind) => (hand?.kind === kind ? hand.id : null);
  const [fence, permit, place] = [inHand("fences"), inHand("permits"), inHand("places")];
  useEffect(() => map?.takeFence(fence), [map, fence, things]);
  useEffect(() => {
    if (things === null) return;
    const moment = at === undefined ? Date.now() : Date.parse(at);
    const shown = things.permits.filter(({ id }) => id !== permit);
    map?.showThings("permits", permitFeatures(shown, moment));
  }, [map, things, at, permit]);
  useEffect(() => {
    if (things === null) return;
    const shown = things.places.filter(({ id }) => id !== place);
    const markOf = (key: string) => placeMark(className(things.classes, key, words));
    map?.showThings("places", placeFeatures(shown, markOf));
  }, [map, things, place, words]);
}
