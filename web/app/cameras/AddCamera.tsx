import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { CameraSetup } from "../api/setup";
import { useWords } from "../i18n/language";
import type { City } from "../map/useCity";
import { Empty } from "../parts/Notice";
import { Bench } from "./Bench";
import { useSource } from "./useSource";

interface Props {
  api: Api;
  city: City;
  cameras: readonly Camera[];
  onStored(camera: CameraSetup): void;
  onCamera(id: string): void;
}

/** A new camera: its address is tried, its place is clicked on the map. */
export function AddCamera({ api, city, cameras, onStored, onCamera }: Props) {
  const words = useWords();
  const source = useSource({ api, camera: null, onStored, onRemoved: () => {} });
  return (
    <main class="bench">
      <header class="bench-head">
        <h2>{words.source.addTitle}</h2>
      </header>
      <Bench
        api={api}
        city={city}
        camera=""
        version=""
        cameras={cameras}
        around={[]}
        tool={source}
        onFrame={[]}
        onMap={[]}
        onCamera={onCamera}
        picture={
          source.trial?.still_url ? (
            <img class="trial-picture" src={source.trial.still_url} alt={words.setup.still} />
          ) : (
            <Empty title={words.source.try} hint={words.source.addressHint} icon="camera" />
          )
        }
      />
    </main>
  );
}
