import { useState } from "preact/hooks";
import { type Net, nets } from "../../api/city";
import { useWords } from "../../i18n/language";
import type { DraftSession } from "./session";

/** 吸附: what the chosen grids' borders are drawn to, and from how far. */
export function SnapBar({ session, chosen }: { session: DraftSession; chosen: readonly string[] }) {
  const words = useWords();
  const w = words.editing;
  const own = session.draft.get().net;
  const [layer, setLayer] = useState<Net>(own === "community" ? "road" : "community");
  const [metres, setMetres] = useState(5);
  return (
    <span class="tool-hint-steps">
      <select
        aria-label={w.snapTo}
        value={layer}
        onChange={(event) => setLayer(event.currentTarget.value as Net)}
      >
        {nets
          .filter((net) => net !== own)
          .map((net) => (
            <option key={net} value={net}>
              {words.net[net]}
            </option>
          ))}
      </select>
      <label>
        {w.within}
        <input
          class="input input-short"
          id="snap-metres"
          type="number"
          min={1}
          max={50}
          value={metres}
          onInput={(event) => setMetres(Number(event.currentTarget.value))}
        />
        m
      </label>
      <button
        type="button"
        class="button button-small button-primary"
        data-do="snap"
        disabled={chosen.length === 0 || !(metres > 0)}
        onClick={() => session.run({ op: "snap", codes: chosen, layer, tolerance_m: metres })}
      >
        {w.snapNow(chosen.length)}
      </button>
    </span>
  );
}
