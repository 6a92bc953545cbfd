import { useState } from "preact/hooks";
import type { Me } from "../../api/city";
import type { Api } from "../../api/client";
import { useWords } from "../../i18n/language";
import { calendarDate, startOfDay } from "../../i18n/time";
import { Dialog } from "../../parts/Dialog";
import { Failure } from "../../parts/Notice";
import { ToolButton } from "../../parts/ToolButton";
import { useValue } from "../../state/hooks";
import { isDated, isEditable, standingOf } from "../editions";
import { NetSign } from "../NetSign";
import { beginOf } from "./begin";
import type { DraftSession } from "./session";

interface Props {
  api: Api;
  me: Me;
  session: DraftSession;
  /** Finds problems; resolves to how many forbid going on. */
  onCheck(): Promise<number>;
  onChanged(): void;
  onCompare(): void;
  onExport(): void;
  onClose(): void;
}

type Asked = "submit" | "withdraw" | "review" | "publish" | "rollback" | "discard";

/** What is open, how far it came, whether all is saved, and the one next step. */
export function DraftHead({ api, me, session, onCheck, onChanged, onCompare, onExport, onClose }: Props) {
  const words = useWords();
  const w = words.editing;
  const draft = useValue(session.draft);
  const busy = useValue(session.busy);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [checking, setChecking] = useState(false);
  const standing = standingOf(draft, Date.now());
  const own = [draft.author?.id, draft.submitter?.id].includes(me.id);
  const ask = async (step: Asked) => {
    if (step === "submit") {
      setChecking(true);
      const errors = await onCheck().finally(() => setChecking(false));
      if (errors > 0) return;
    }
    setAsked(step);
  };
  const step = nextStep(draft.state, own);
  return (
    <div class="draft-head">
      <NetSign net={draft.net} />
      <strong class="draft-title">{draft.title}</strong>
      <span class={`standing standing-${standing}`} data-standing={standing}>
        {words.planner.standing[standing]}
        {isDated(draft) && draft.from !== null && ` ${calendarDate(Date.parse(draft.from))}`}
      </span>
      <span class="draft-saved" role="status" data-version={draft.version}>
        {busy > 0 ? w.saving : isEditable(draft) ? w.saved(draft.version) : w.still}
      </span>
      <div class="draft-steps">
        {isEditable(draft) && (
          <button
            type="button"
            class="button"
            data-do="check"
            disabled={checking}
            onClick={() => void onCheck()}
          >
            {w.check}
          </button>
        )}
        {step !== null && (
          <button
            type="button"
            class={step === "rollback" ? "button button-bad" : "button button-primary"}
            data-do={step}
            disabled={busy > 0 || checking || (step === "submit" && draft.changed.length === 0)}
            onClick={() => void ask(step)}
          >
            {checking ? w.checking : w.step[step]}
          </button>
        )}
        {isEditable(draft) && draft.review_note !== "" && (
          <span class="returned" title={draft.review_note}>
            {w.returned(draft.reviewer?.name ?? "", draft.review_note)}
          </span>
        )}
        {draft.state === "submitted" && own && <span class="quiet">{w.waiting}</span>}
        {["submitted", "reviewed"].includes(draft.state) && own && (
          <button type="button" class="button" data-do="withdraw" onClick={() => void ask("withdraw")}>
            {w.step.withdraw}
          </button>
        )}
        <ToolButton icon="slide" label={w.compare} what="compare" onClick={onCompare} />
        <ToolButton icon="download" label={w.export} what="export" onClick={onExport} />
        {!isDated(draft) && !["discarded", "withdrawn"].includes(draft.state) && (
          <ToolButton icon="bin" label={w.step.discard} what="discard" onClick={() => void ask("discard")} />
        )}
        <ToolButton icon="close" label={w.close} what="close-draft" onClick={onClose} />
      </div>
      {asked !== null && (
        <StepDialog
          api={api}
          session={session}
          step={asked}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            onChanged();
            if (asked === "discard") onClose();
          }}
        />
      )}
    </div>
  );
}

function nextStep(state: string, own: boolean): Asked | null {
  switch (state) {
    case "draft":
    case "checked":
      return "submit";
    case "submitted":
      return own ? null : "review";
    case "reviewed":
      return "publish";
    case "published":
    case "superseded":
      return "rollback";
    default:
      return null;
  }
}

interface StepProps {
  api: Api;
  session: DraftSession;
  step: Asked;
  onClose(): void;
  onDone(): void;
}

/** Says what a step means before it is taken. */
function StepDialog({ api, session, step, onClose, onDone }: StepProps) {
  const words = useWords();
  const w = words.editing;
  const draft = session.draft.get();
  const tomorrow = calendarDate(startOfDay(Date.now()) + 36 * 3600_000);
  const [day, setDay] = useState(tomorrow);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const go = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setTrouble(null);
    try {
      await deed();
      await session.reload();
      onDone();
    } catch (error) {
      setTrouble(error);
      setBusy(false);
    }
  };
  return (
    <Dialog narrow title={`${w.step[step]} · ${draft.title}`} onClose={onClose}>
      <div class="step">
        <p>{w.means[step]}</p>
        {step === "publish" && (
          <label class="field">
            <span>{w.from}</span>
            <input
              id="publish-from"
              type="date"
              value={day}
              min={calendarDate(Date.now())}
              onInput={(event) => setDay(event.currentTarget.value)}
            />
            <span class="quiet">{w.fromHint}</span>
          </label>
        )}
        {step === "review" && (
          <label class="field">
            <span>{w.note}</span>
            <textarea
              id="review-note"
              rows={3}
              maxLength={500}
              value={note}
              placeholder={w.noteHint}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
        )}
        {trouble !== null && <Failure error={trouble} small />}
        <div class="form-foot">
          {step === "review" ? (
            <>
              <button
                type="button"
                class="button button-primary"
                data-do="accept"
                disabled={busy}
                onClick={() => void go(() => api.review(draft.id, true, note.trim()))}
              >
                {w.accept}
              </button>
              <button
                type="button"
                class="button"
                data-do="return"
                disabled={busy || note.trim() === ""}
                title={note.trim() === "" ? w.returnNeedsNote : ""}
                onClick={() => void go(() => api.review(draft.id, false, note.trim()))}
              >
                {w.return}
              </button>
            </>
          ) : (
            <button
              type="button"
              class={
                step === "discard" || step === "rollback" ? "button button-bad" : "button button-primary"
              }
              data-do="confirm"
              disabled={busy || (step === "publish" && day === "")}
              onClick={() =>
                void go(() => api.advance(draft.id, step, step === "publish" ? { from: beginOf(day) } : {}))
              }
            >
              {w.step[step]}
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            {words.setup.cancel}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
