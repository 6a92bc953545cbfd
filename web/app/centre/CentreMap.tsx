import type { Position } from "geojson";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Alert, Camera } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import type { CityMap, View } from "../map/CityMap";
import { alertFeatures } from "../map/features";
import { AlertsCard, CameraCard } from "../map/MapCards";
import { MapPopup } from "../map/MapPopup";
import { MapView } from "../map/MapView";
import { type Bounds, boundsOf } from "../map/measure";
import { type GridChange, useChanges, useCity } from "../map/useCity";
import { Icon } from "../parts/Icon";
import { useNow } from "../state/hooks";
import { Legend } from "./Legend";

interface Props {
  api: Api;
  alerts: readonly Alert[];
  chosen: Alert | null;
  cameras: readonly Camera[];
  changes: readonly GridChange[];
  /** The first snapshot is there, or failed: where to look first can be decided. */
  ready: boolean;
  keepCleared: boolean;
  view: View | null;
  /** A camera whose card shall be opened, and a spot that shall be marked; new objects ask anew. */
  look: Look | null;
  onView(view: View): void;
  onOpen(id: number): void;
  onWhyNot(camera: string): void;
}

export type Look = { camera: string } | { spot: Position };

type Card = { kind: "camera"; id: string; at: Position } | { kind: "alerts"; ids: number[]; at: Position };

export function CentreMap({
  api,
  alerts,
  chosen,
  cameras,
  changes,
  ready,
  keepCleared,
  view,
  look,
  onView,
  onOpen,
  onWhyNot,
}: Props) {
  const words = useWords();
  const city = useCity(api, changes);
  const [map, setMap] = useState<CityMap | null>(null);
  const [card, setCard] = useState<Card | null>(null);
  const tenSeconds = Math.floor(useNow() / 10_000);

  const features = useMemo(
    () => alertFeatures(alerts, tenSeconds * 10_000, keepCleared),
    [alerts, tenSeconds, keepCleared],
  );
  useChanges(map, changes);
  useEffect(() => map?.showAlerts(features), [map, features]);
  useEffect(() => map?.showCameras(cameras), [map, cameras]);
  useEffect(() => map?.choose(chosen), [map, chosen]);
  useEffect(() => {
    if (city !== null) map?.showNames(city.grids);
  }, [map, city]);
  useEffect(() => {
    setCard(null);
    if (chosen !== null) map?.reveal([chosen.lon, chosen.lat]);
  }, [map, chosen?.id]);
  useEffect(() => {
    if (map === null || look === null) return;
    map.showSpot("spot" in look ? look.spot : null);
    if ("spot" in look) {
      map.reveal(look.spot);
      return;
    }
    const camera = cameras.find(({ id }) => id === look.camera);
    if (camera === undefined) return;
    const at: Position = [camera.lon, camera.lat];
    map.reveal(at);
    setCard({ kind: "camera", id: camera.id, at });
  }, [map, look]);

  if (city === null || !ready) return <div class="map" />;
  const around = aroundCameras(cameras);
  return (
    <>
      <MapView
        view={view}
        bounds={around ?? city.bounds}
        onMap={setMap}
        onMove={onView}
        onAlerts={(ids, at) => {
          const [only] = ids;
          if (ids.length === 1 && only !== undefined) onOpen(only);
          else setCard({ kind: "alerts", ids, at });
        }}
        onCamera={(id, at) => setCard({ kind: "camera", id, at })}
        onClick={() => setCard(null)}
      />
      {map !== null && (
        <div class="map-tools">
          <div class="map-group">
            <Tool icon="plus" label={words.map.zoomIn} onClick={() => map.zoomBy(1)} />
            <Tool icon="minus" label={words.map.zoomOut} onClick={() => map.zoomBy(-1)} />
          </div>
          <div class="map-group">
            <Tool icon="fit" label={words.centre.fit} onClick={() => map.fit(city.bounds)} />
            {around !== null && (
              <Tool icon="camera" label={words.centre.fitCameras} onClick={() => map.fit(around)} />
            )}
          </div>
        </div>
      )}
      <Legend />
      {map !== null && card !== null && (
        <OpenCard
          api={api}
          map={map}
          card={card}
          alerts={alerts}
          cameras={cameras}
          onOpen={onOpen}
          onWhyNot={onWhyNot}
          onClose={() => setCard(null)}
        />
      )}
    </>
  );
}

interface OpenCardProps {
  api: Api;
  map: CityMap;
  card: Card;
  alerts: readonly Alert[];
  cameras: readonly Camera[];
  onOpen(id: number): void;
  onWhyNot(camera: string): void;
  onClose(): void;
}

function OpenCard({ api, map, card, alerts, cameras, onOpen, onWhyNot, onClose }: OpenCardProps) {
  const words = useWords();
  if (card.kind === "alerts") {
    const here = alerts.filter(({ id }) => card.ids.includes(id));
    return (
      <MapPopup map={map} at={card.at} label={words.centre.moreHere(here.length)} onClose={onClose}>
        <AlertsCard alerts={here} onOpen={onOpen} onClose={onClose} />
      </MapPopup>
    );
  }
  const camera = cameras.find(({ id }) => id === card.id);
  if (camera === undefined) return null;
  const open = alerts.filter((alert) => alert.camera.id === camera.id && alert.state !== "cleared").length;
  return (
    <MapPopup map={map} at={card.at} label={camera.name} onClose={onClose}>
      <CameraCard
        api={api}
        camera={camera}
        open={open}
        onWhyNot={() => {
          onClose();
          onWhyNot(camera.id);
        }}
        onClose={onClose}
      />
    </MapPopup>
  );
}

function Tool({
  icon,
  label,
  onClick,
}: {
  icon: "plus" | "minus" | "fit" | "camera";
  label: string;
  onClick(): void;
}) {
  return (
    <button type="button" class="tool" onClick={onClick} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}

/** The cameras with some city around them; null when there are too few to say where to look. */
function aroundCameras(cameras: readonly Camera[]): Bounds | null {
  if (cameras.length < 2) return null;
  const box = boundsOf(cameras.map(({ lon, lat }) => ({ type: "Point", coordinates: [lon, lat] })));
  if (box === null) return null;
  const [west, south, east, north] = box;
  const dx = Math.max(0.006, (east - west) * 0.18);
  const dy = Math.max(0.004, (north - south) * 0.18);
  return [west - dx, south - dy, east + dx, north + dy];
}
