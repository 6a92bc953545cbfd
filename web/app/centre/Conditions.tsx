import { useState } from "preact/hooks";
import type { Camera } from "../api/city";
import { useWords } from "../i18n/language";
import { ago } from "../i18n/time";
import { useNow } from "../state/hooks";
import { CameraMark } from "./Legend";
import { type Trouble, troubles } from "./troubles";

const mostShown = 2;

/** The cameras that cannot see as they should, in the colour of camera health, before the alerts. */
export function Conditions({
  cameras,
  onCamera,
}: {
  cameras: readonly Camera[];
  onCamera(id: string): void;
}) {
  const words = useWords();
  const [all, setAll] = useState(false);
  const found = troubles(cameras);
  if (found.length === 0) return null;
  const shown = all ? found : found.slice(0, mostShown);
  return (
    <section class="conditions" aria-label={words.condition.listTitle(found.length)}>
      <ul>
        {shown.map((trouble) => (
          <TroubleRow key={trouble.camera.id} trouble={trouble} onCamera={onCamera} />
        ))}
      </ul>
      {found.length > mostShown && (
        <button type="button" class="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {words.condition.listTitle(found.length)} {all ? "▴" : "▾"}
        </button>
      )}
    </section>
  );
}

function TroubleRow({ trouble, onCamera }: { trouble: Trouble; onCamera(id: string): void }) {
  const words = useWords();
  const now = useNow();
  const { camera, code, since } = trouble;
  return (
    <li>
      <button
        type="button"
        class="trouble"
        data-camera={camera.id}
        title={words.condition.show}
        onClick={() => onCamera(camera.id)}
      >
        <CameraMark offline={true} size={22} />
        <span class="trouble-what">
          {words.unfit[code] ?? code} · {camera.name}
        </span>
        <span class="trouble-since">{words.condition.since(ago(words, Date.parse(since), now))}</span>
        {camera.grid !== null && <span class="trouble-grid">{words.condition.lost(camera.grid.name)}</span>}
      </button>
    </li>
  );
}
