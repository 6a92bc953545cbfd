import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { AddedView, CameraSetup } from "../api/setup";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { Failure } from "../parts/Notice";

interface Props {
  api: Api;
  camera: CameraSetup;
  /** Something is not saved: another camera setup may not come in between. */
  blocked: boolean;
  onAdded(camera: CameraSetup): void;
  onShow(view: number): void;
}

/** The pose that a camera shows now becomes a view of its own, and is shown with the picture that stands for it. */
export function AddView({ api, camera, blocked, onAdded, onShow }: Props) {
  const words = useWords();
  const w = words.setup;
  const [busy, setBusy] = useState(false);
  const [added, setAdded] = useState<AddedView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const add = async () => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.addView(camera.id);
      setAdded(answer);
      onAdded(answer.camera);
    } catch (trouble) {
      setError(trouble);
    } finally {
      setBusy(false);
    }
  };
  const at = added === null ? -1 : camera.views.findIndex(({ id }) => id === added.view);
  return (
    <div class="add-view">
      <button
        type="button"
        class="button"
        data-do="add-view"
        disabled={busy || blocked}
        aria-label={w.addView}
        title={busy ? w.addingView : `${w.addView}\n${w.addViewHint}`}
        onClick={() => void add()}
      >
        <Icon name="plus" size={16} />
        {w.view}
      </button>
      {(error !== null || (added !== null && at >= 0)) && (
        <div class="add-view-card" role="status">
          <button
            type="button"
            class="tool"
            aria-label={words.close}
            onClick={() => {
              setError(null);
              setAdded(null);
            }}
          >
            <Icon name="close" size={16} />
          </button>
          {error !== null && <Failure error={error} small />}
          {added !== null && at >= 0 && (
            <>
              <img src={added.reference_url} alt={`${w.view} ${at + 1}`} />
              <p>{w.addedView(at + 1)}</p>
              <button
                type="button"
                class="button"
                onClick={() => {
                  setAdded(null);
                  onShow(at);
                }}
              >
                {w.showView}
              </button>
            </>
          )}
        </div>
      )}
    </div>
  );
}
