import { useState } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Condition } from "../api/watching";
import { useWords } from "../i18n/language";
import { Icon } from "./Icon";
import { Failure } from "./Notice";
import "./take-view.css";

interface Props {
  api: Api;
  camera: Camera;
  condition: Condition;
  /** The view that somebody chose, where the condition is of none. */
  view?: string;
  onTaken?(): void;
}

type State = "idle" | "asking" | "busy" | "kept" | "dropped";

/** 以当前画面为准: what a camera that has moved shows now is what it shall show. It is asked before, for it costs the calibration. */
export function TakeView({ api, camera, condition, view, onTaken }: Props) {
  const words = useWords();
  const w = words.takeView;
  const [state, setState] = useState<State>("idle");
  const [keep, setKeep] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const of = condition.view ?? view;
  const measured = condition.code === "moved" && camera.calibrated;

  if (!takeable(condition)) return null;
  if (state === "kept" || state === "dropped") {
    return (
      <p class="take-view-done" role="status">
        <Icon name="check" size={16} />
        <span>
          {w.taken} {state === "dropped" && w.matchAgain}
        </span>
      </p>
    );
  }
  if (of === undefined) return <p class="quiet">{w.several}</p>;

  const take = async () => {
    setState("busy");
    setError(null);
    try {
      await api.takeView(camera.id, of, keep);
      setState(measured && !keep ? "dropped" : "kept");
      onTaken?.();
    } catch (trouble) {
      setError(trouble);
      setState("asking");
    }
  };
  if (state === "idle") {
    return (
      <button type="button" class="button" data-do="take-view" onClick={() => setState("asking")}>
        {w.take}
      </button>
    );
  }
  return (
    <fieldset class="take-view" aria-label={w.take}>
      <p>{w.means}</p>
      {measured && (
        <>
          <p>{keep ? w.kept : w.dropped}</p>
          <label>
            <input
              type="checkbox"
              data-do="keep-calibration"
              checked={keep}
              onChange={(event) => setKeep(event.currentTarget.checked)}
            />
            {w.keep}
          </label>
        </>
      )}
      <p class="quiet">{w.next}</p>
      {error !== null && <Failure error={error} small />}
      <p class="take-view-do">
        <button
          type="button"
          class="button button-primary"
          data-do="take-view-sure"
          disabled={state === "busy"}
          onClick={() => void take()}
        >
          {state === "busy" ? w.taking : w.take}
        </button>
        <button type="button" class="button" disabled={state === "busy"} onClick={() => setState("idle")}>
          {words.setup.cancel}
        </button>
      </p>
    </fieldset>
  );
}

/** Only a pose can be taken for right; a lens that is covered cannot. */
export function takeable({ code, current_url }: Condition): boolean {
  return (code === "moved" || code === "off_view") && current_url !== null;
}
