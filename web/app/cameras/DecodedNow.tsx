import type { Api } from "../api/client";
import type { CameraSetup } from "../api/setup";
import { useWords } from "../i18n/language";
import { usePoll } from "../state/poll";

const everyMs = 3000;

/** Which of the camera's two streams is decoded now, and how large its frames come. */
export function DecodedNow({ api, camera }: { api: Api; camera: CameraSetup }) {
  const w = useWords().source;
  const { value } = usePoll(() => api.camera(camera.id), everyMs, [api, camera]);
  const decoded = (value ?? camera).decoded;
  const instead = decoded?.stream === "source" && camera.substream !== "";
  return (
    <div class="field field-small">
      <span>{w.decoded}</span>
      <output id="camera-decoded" class={decoded === null || instead ? "field-missing" : ""}>
        {decoded === null ? w.decodedNone : w.decodedAs(w.streams[decoded.stream], decoded)}
        {instead && <small> {w.decodedInstead}</small>}
      </output>
    </div>
  );
}
