import { type Alert, type Verdict, verdicts } from "../api/city";
import { useWords } from "../i18n/language";
import { clockTime, exactTime } from "../i18n/time";
import { Icon, type IconName } from "./Icon";
import "./verdict.css";

const icons: Record<Verdict, IconName> = { true: "check", false: "close", duplicate: "copy" };
export const verdictKeys: Record<Verdict, string> = { true: "T", false: "F", duplicate: "D" };

/** What the operator said of an alert; dashed while it can still be undone. */
export function VerdictChip({ verdict, held = false }: { verdict: Verdict; held?: boolean }) {
  const words = useWords();
  return (
    <span class={`verdict verdict-${verdict}${held ? " verdict-held" : ""}`} data-verdict={verdict}>
      <Icon name={icons[verdict]} size={12} />
      {words.verdict[verdict]}
    </span>
  );
}

/** 仅复核: the rule was right too seldom here. */
export function ReviewOnlyTag() {
  const words = useWords();
  return (
    <span class="tag" title={words.verdict.reviewOnlyHint}>
      {words.verdict.reviewOnly}
    </span>
  );
}

/** As much as fits a line or two; the service would take more. */
const longestNote = 200;

/** The three verdicts as buttons, the one that stands pressed, and a note that may go with it. */
export function VerdictButtons({
  alert,
  held,
  note,
  onGive,
  onNote,
}: {
  alert: Alert;
  held: Verdict | null;
  note: string;
  onGive(verdict: Verdict): void;
  onNote(note: string): void;
}) {
  const words = useWords();
  const w = words.verdict;
  const given = alert.verdict;
  const now = held ?? given?.verdict ?? null;
  return (
    <div class="verdicts">
      <fieldset class="verdicts-buttons">
        <legend class="unseen">{w.ask}</legend>
        {verdicts.map((verdict) => (
          <button
            key={verdict}
            type="button"
            class={`verdict-button verdict-${verdict}`}
            aria-pressed={now === verdict}
            onClick={() => onGive(verdict)}
          >
            <Icon name={icons[verdict]} size={16} />
            {w[verdict]}
            <kbd>{verdictKeys[verdict]}</kbd>
          </button>
        ))}
      </fieldset>
      <input
        class="verdicts-note"
        value={note}
        maxLength={longestNote}
        placeholder={w.note}
        aria-label={w.note}
        onInput={(event) => onNote(event.currentTarget.value)}
      />
      {held === null && note !== "" && <p class="verdicts-by">{w.noteWaits}</p>}
      {held === null && given !== null && (
        <p class="verdicts-by" title={exactTime(Date.parse(given.at))}>
          {w.by(w[given.verdict], given.by.name, clockTime(Date.parse(given.at), Date.now()))}
          {given.note !== "" && `${words.colon}${given.note}`}
        </p>
      )}
    </div>
  );
}
