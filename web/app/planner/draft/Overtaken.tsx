import type { LateCommand } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { Failure } from "../../parts/Notice";
import { useValue } from "../../state/hooks";
import type { Rebase } from "./rebase";

interface Props {
  rebase: Rebase;
  newer: number;
  editable: boolean;
  onLook(late: LateCommand): void;
  onRebased(): void;
}

/** Another edition was published since the draft was begun: it has to be put onto that one before it can be published. */
export function Overtaken({ rebase, newer, editable, onLook, onRebased }: Props) {
  const w = useWords().editing;
  const late = useValue(rebase.late);
  const leftOut = useValue(rebase.leftOut);
  const busy = useValue(rebase.busy);
  const trouble = useValue(rebase.trouble);
  const run = async () => {
    if (await rebase.run()) onRebased();
  };
  return (
    <section class="conflicts" role="alert" data-newer={newer}>
      <h2>{w.overtaken(newer)}</h2>
      <p>{late.length > 0 ? w.lateHow(late.length) : editable ? w.overtakenHow : w.overtakenStill}</p>
      {late.length > 0 && (
        <ul>
          {late.map((one) => (
            <li key={one.seq} data-late={one.seq}>
              <label class="check">
                <input
                  type="checkbox"
                  checked={leftOut.has(one.seq)}
                  onInput={() => rebase.toggle(one.seq)}
                />
                {w.leaveOutLate}
              </label>
              <button type="button" class="link-button" onClick={() => onLook(one)}>
                {(w.op as Record<string, string>)[one.op] ?? one.op} · {one.by?.name ?? ""}
              </button>
              <span class="quiet">{(w.rules as Record<string, string>)[one.rule] ?? one.text}</span>
            </li>
          ))}
        </ul>
      )}
      {late.length > 0 && (
        <p class="conflict-key">
          <span class="swatch swatch-theirs" /> {w.inForceNow}
          <span class="swatch swatch-yours" /> {w.inDraft}
        </p>
      )}
      {trouble !== null && <Failure error={trouble} small />}
      {editable && (
        <div class="form-foot">
          <button
            type="button"
            class="button button-primary"
            data-do="rebase"
            disabled={busy || !rebase.isDecided()}
            onClick={() => void run()}
          >
            {w.rebase}
          </button>
        </div>
      )}
    </section>
  );
}
