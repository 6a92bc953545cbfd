import type { Api } from "../api/client";
import type { CameraSetup } from "../api/setup";
import { useWords } from "../i18n/language";
import { usePoll } from "../state/poll";

const everyMs = 3000;

/** What comes of a camera now: which of its two streams is decoded, and whether it knows how its views should look. */
export function SeenNow({ api, camera }: { api: Api; camera: CameraSetup }) {
  const { value } = usePoll(() => api.camera(camera.id), everyMs, [api, camera]);
  return (
    <>
      <Decoded camera={value ?? camera} />
      <Known camera={value ?? camera} />
    </>
  );
}

function Decoded({ camera: { decoded, substream } }: { camera: CameraSetup }) {
  const w = useWords().source;
  const instead = decoded?.stream === "source" && substream !== "";
  return (
    <div class="field field-small">
      <span>{w.decoded}</span>
      <output id="camera-decoded" class={decoded === null || instead ? "field-missing" : ""}>
        {decoded === null
          ? w.decodedNone
          : w.decodedAs(w.streams[decoded.stream], decoded.width, decoded.height)}
        {instead && <small> {w.decodedInstead}</small>}
      </output>
    </div>
  );
}

function Known({ camera: { views } }: { camera: CameraSetup }) {
  const words = useWords();
  const w = words.source;
  const known = views.flatMap(({ reference_url }) => reference_url ?? []);
  return (
    <div class="field field-small">
      <span>{w.known}</span>
      <output id="camera-known">
        {known.length === 0
          ? w.knownNone
          : known.map((url, i) => (
              <a key={url} href={url} target="_blank" rel="noreferrer">
                {views.length === 1 ? w.knownSee : `${words.setup.view} ${i + 1} `}
              </a>
            ))}
      </output>
    </div>
  );
}
