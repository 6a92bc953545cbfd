import type { Position } from "geojson";
import { useEffect, useState } from "preact/hooks";
import { useValue } from "../state/hooks";
import { remembered } from "../state/remembered";

/** Off until the officer turns it on. The position stays on the phone. */
export const locating = remembered<"on" | "off">("gridwatch.location", "off", ["on", "off"]);

export interface Whereabouts {
  at: Position | null;
  denied: boolean;
}

/** Where the phone is, while that is switched on. */
export function usePosition(): Whereabouts {
  const on = useValue(locating) === "on";
  const [where, setWhere] = useState<Whereabouts>({ at: null, denied: false });
  useEffect(() => {
    setWhere({ at: null, denied: false });
    if (!on || !("geolocation" in navigator)) return;
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => setWhere({ at: [coords.longitude, coords.latitude], denied: false }),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) {
          setWhere({ at: null, denied: true });
          locating.set("off");
        }
      },
      { enableHighAccuracy: true, maximumAge: 10_000 },
    );
    return () => navigator.geolocation.clearWatch(watch);
  }, [on]);
  return where;
}
