import type { Position } from "geojson";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Alert } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import { alertFeatures } from "../map/features";
import { AlertsCard } from "../map/MapCards";
import { MapPopup } from "../map/MapPopup";
import { MapView } from "../map/MapView";
import { type GridChange, useChanges, useCity } from "../map/useCity";
import { Icon } from "../parts/Icon";
import { useNow } from "../state/hooks";

interface Props {
  api: Api;
  alerts: readonly Alert[];
  at: Position | null;
  changes: readonly GridChange[];
  onOpen(id: number): void;
}

/** The officer's own grids, the alerts in them, and the officer. */
export function OfficerMap({ api, alerts, at, changes, onOpen }: Props) {
  const words = useWords();
  const city = useCity(api, changes);
  const [map, setMap] = useState<CityMap | null>(null);
  const [several, setSeveral] = useState<{ ids: number[]; at: Position } | null>(null);
  const tenSeconds = Math.floor(useNow() / 10_000);
  const features = useMemo(() => alertFeatures(alerts, tenSeconds * 10_000, false), [alerts, tenSeconds]);

  useChanges(map, changes);
  useEffect(() => map?.showAlerts(features), [map, features]);
  useEffect(() => map?.showSpot(at), [map, at]);
  useEffect(() => {
    if (city !== null) map?.showNames(city.grids);
  }, [map, city]);

  if (city === null) return <div class="map" />;
  return (
    <>
      <MapView
        view={null}
        bounds={city.bounds}
        onMap={setMap}
        onAlerts={(ids, spot) => {
          const [only] = ids;
          if (ids.length === 1 && only !== undefined) onOpen(only);
          else setSeveral({ ids, at: spot });
        }}
        onClick={() => setSeveral(null)}
      />
      {map !== null && (
        <div class="map-tools">
          <div class="map-group">
            <button
              type="button"
              class="tool"
              aria-label={words.centre.fit}
              onClick={() => map.fit(city.bounds)}
            >
              <Icon name="fit" size={22} />
            </button>
            {at !== null && (
              <button type="button" class="tool" aria-label={words.officer.here} onClick={() => map.look(at)}>
                <Icon name="target" size={22} />
              </button>
            )}
          </div>
        </div>
      )}
      <p class="map-hint">{words.officer.mapHint}</p>
      {map !== null && several !== null && (
        <MapPopup
          map={map}
          at={several.at}
          label={words.centre.moreHere(several.ids.length)}
          onClose={() => setSeveral(null)}
        >
          <AlertsCard
            alerts={alerts.filter(({ id }) => several.ids.includes(id))}
            onOpen={onOpen}
            onClose={() => setSeveral(null)}
          />
        </MapPopup>
      )}
    </>
  );
}
