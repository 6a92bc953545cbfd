import { useEffect, useState } from "preact/hooks";
import type { Threshold } from "../api/rules";
import { useWords } from "../i18n/language";
import { measure, plain } from "../i18n/measure";
import type { Trouble } from "./draft";
import { thresholdName } from "./lines";
import { sliderOf, valueAt } from "./slider";

interface Props {
  threshold: Threshold;
  /** The draft's value; null where it changes nothing. */
  drafted: number | null;
  trouble: Trouble | null;
  admin: boolean;
  onChange(value: number): void;
}

/** A threshold with its unit and where it came from; an administrator may try another value. */
export function ThresholdRow({ threshold, drafted, trouble, admin, onChange }: Props) {
  const words = useWords();
  const w = words.rules;
  const { key, value, unit, min, max } = threshold;
  const now = drafted ?? value;
  const refusal =
    trouble === "range"
      ? words.draft.bad(measure(words, min, unit), measure(words, max, unit))
      : trouble === "escalate"
        ? words.draft.escalateFirst
        : null;
  return (
    <div class={drafted === null ? "threshold" : "threshold threshold-changed"} data-threshold={key}>
      <div class="threshold-what">
        <span class="threshold-name" title={key}>
          {thresholdName(key, words)}
        </span>
        <span class="quiet">{w.doc[key] ?? threshold.doc}</span>
      </div>
      <div class="threshold-value">
        <strong>{measure(words, now, unit)}</strong>
        {drafted !== null && <s class="quiet">{measure(words, value, unit)}</s>}
        <span class="threshold-from">
          {value === threshold.default
            ? w.fromDefault
            : w.fromPublished(measure(words, threshold.default, unit))}
        </span>
      </div>
      {admin && (
        <div class="threshold-edit">
          <input
            type="range"
            min="0"
            max="1000"
            value={sliderOf(now, threshold)}
            aria-label={thresholdName(key, words)}
            onInput={(event) => onChange(valueAt(Number(event.currentTarget.value), threshold))}
          />
          <NumberField value={now} label={`${thresholdName(key, words)} (${unit})`} onChange={onChange} />
          <span class="threshold-unit">{unit === "share" ? "0–1" : unit}</span>
          <button
            type="button"
            class="link-button"
            disabled={drafted === null}
            onClick={() => onChange(value)}
          >
            {words.draft.reset}
          </button>
        </div>
      )}
      {refusal !== null && (
        <p class="threshold-trouble" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

/** A number as it is typed: half of one is kept in the field until it is a number. */
export function NumberField({
  value,
  label,
  onChange,
}: {
  value: number;
  label: string;
  onChange(value: number): void;
}) {
  const [text, setText] = useState(plain(value));
  useEffect(() => setText((typed) => (Number(typed) === value ? typed : plain(value))), [value]);
  return (
    <input
      class="number-field"
      inputMode="decimal"
      value={text}
      aria-label={label}
      onInput={(event) => {
        const typed = event.currentTarget.value.trim();
        setText(typed);
        if (typed !== "" && Number.isFinite(Number(typed))) onChange(Number(typed));
      }}
      onBlur={() => setText(plain(value))}
    />
  );
}
