import { useEffect, useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { distanceM } from "../map/measure";
import { open, type Point } from "../map/points";
import { Skeleton } from "../parts/Notice";
import { useSlow } from "../state/hooks";

/** So near a camera must stand to be asked, and so many are shown. */
const reachM = 300;
const most = 6;

interface Sight {
  camera: Camera;
  outline: Point[];
}

/** Every camera that sees a fence of the map, with the fence on its picture. */
export function FenceSights({
  api,
  cameras,
  fence,
  at,
}: {
  api: Api;
  cameras: readonly Camera[];
  fence: string;
  at: Point;
}) {
  const words = useWords();
  const w = words.fencing;
  const [sights, setSights] = useState<readonly Sight[] | null>(null);
  const slow = useSlow(sights === null);
  const [lon, lat] = at;
  useEffect(() => {
    let gone = false;
    const close = cameras
      .filter(({ calibrated, lon: x, lat: y }) => calibrated && distanceM([x, y], [lon, lat]) < reachM)
      .slice(0, most);
    Promise.all(
      close.map(async (camera): Promise<Sight[]> => {
        const drawn = await api.overlay(camera.id).catch(() => []);
        const one = drawn.find(({ kind, id, on_frame }) => kind === "fence" && id === fence && !on_frame);
        return one === undefined ? [] : [{ camera, outline: open(one.outline) }];
      }),
    ).then((found) => {
      if (!gone) setSights(found.flat());
    });
    return () => {
      gone = true;
    };
  }, [api, fence, lon, lat]);
  return (
    <section class="sights">
      <h4>{w.sights}</h4>
      {sights === null && slow && <Skeleton rows={2} height={90} />}
      {sights?.length === 0 && <p class="quiet">{w.noSights}</p>}
      <ul>
        {sights?.map(({ camera, outline }) => (
          <li key={camera.id} data-sight={camera.id}>
            <span class="sight-frame">
              {camera.state === "online" && (
                <img src={`/api/cameras/${encodeURIComponent(camera.id)}/still`} alt="" />
              )}
              <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <polygon points={outline.map((p) => p.join()).join(" ")} />
              </svg>
            </span>
            {camera.name}
          </li>
        ))}
      </ul>
    </section>
  );
}
