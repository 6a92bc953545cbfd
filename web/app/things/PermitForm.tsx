import type { Rule } from "../api/rules";
import { useWords } from "../i18n/language";
import { calendarDate } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { HoursField } from "../rules/HoursField";
import { Fault, Field, ShapeField } from "./Field";
import { beginOf, endOf, isGood, lastDay, type PermitDraft, standing } from "./permit";
import { type FormProps, ThingForm } from "./ThingForm";

interface Props extends FormProps {
  permit: PermitDraft;
  rules: readonly Rule[];
  onChange(permit: PermitDraft): void;
  /** Draws its area anew; left out where that is done elsewhere. */
  onArea?: () => void;
  onSave(): void;
}

/** Who may do what in a permit's area, from which day to which, at which hours, and how large a stall may be. */
export function PermitForm({ permit, rules, onChange, onArea, onSave, ...bar }: Props) {
  const words = useWords();
  const w = words.permits;
  const good = isGood(permit);
  const put = (change: Partial<PermitDraft>) => onChange({ ...permit, ...change });
  return (
    <ThingForm what="permit" known={permit.known} good={good} fill={w.fill} onSave={onSave} {...bar}>
      {(told) => (
        <>
          <div class="fields">
            {(["name", "holder"] as const).map((field) => (
              <Field key={field} id={`permit-${field}`} name={field} label={w[field]} faults={told}>
                <input
                  id={`permit-${field}`}
                  value={permit[field]}
                  maxLength={200}
                  onInput={(event) => put({ [field]: event.currentTarget.value })}
                />
              </Field>
            ))}
            <Field id="permit-from" name="from" label={w.from} faults={told} small>
              <input
                id="permit-from"
                type="date"
                value={calendarDate(Date.parse(permit.from))}
                onChange={({ currentTarget: { value } }) => value !== "" && put({ from: beginOf(value) })}
              />
            </Field>
            <Field id="permit-until" name="until" label={w.lastDay} faults={told} small>
              <input
                id="permit-until"
                type="date"
                value={lastDay(permit.until)}
                onChange={({ currentTarget: { value } }) => value !== "" && put({ until: endOf(value) })}
              />
            </Field>
            <Field id="permit-stall" name="stall_m2" label={words.things.stall} faults={told} small>
              <input
                id="permit-stall"
                type="number"
                min="0.1"
                step="any"
                value={permit.stall_m2 ?? ""}
                placeholder={words.things.stallAny}
                onInput={({ currentTarget: { value } }) =>
                  put({ stall_m2: value === "" ? null : Number(value) })
                }
              />
            </Field>
          </div>
          {permit.known && standing(permit, Date.now()) === "holds" && (
            <p class="field-line">
              {w.standing.holds}
              <button
                type="button"
                class="link-button"
                data-do="end-permit"
                onClick={() => put({ until: new Date().toISOString() })}
              >
                {words.things.endToday}
              </button>
            </p>
          )}
          <ShapeField ring={permit.area} faults={told} onRedraw={onArea} />
          <LiftedRules rules={rules} lifted={permit.rules} onChange={(lifted) => put({ rules: lifted })} />
          <Fault name="rules" faults={told} />
          <HoursField hours={permit.hours} onChange={(hours) => put({ hours })} />
          <Fault name="hours" faults={told} />
        </>
      )}
    </ThingForm>
  );
}

interface LiftedProps {
  rules: readonly Rule[];
  lifted: readonly string[];
  onChange(lifted: string[]): void;
}

/** The rules that the permit lifts. */
function LiftedRules({ rules, lifted, onChange }: LiftedProps) {
  const words = useWords();
  const w = words.permits;
  const nameOf = (key: string) => {
    const rule = rules.find((one) => one.key === key);
    if (rule === undefined) return key;
    return words.language === "zh" ? rule.name : rule.name_en;
  };
  return (
    <fieldset class="hours">
      <legend>{w.rules}</legend>
      {lifted.map((key) => (
        <div key={key} class="own-threshold">
          <span>{nameOf(key)}</span>
          <button
            type="button"
            class="tool tool-small"
            aria-label={w.dropRule(nameOf(key))}
            title={w.dropRule(nameOf(key))}
            onClick={() => onChange(lifted.filter((one) => one !== key))}
          >
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
      <select
        id="permit-rule"
        aria-label={w.addRule}
        value=""
        onChange={({ currentTarget: { value } }) => value !== "" && onChange([...lifted, value])}
      >
        <option value="">{w.addRule}</option>
        {rules
          .filter(({ key }) => !lifted.includes(key))
          .map(({ key }) => (
            <option key={key} value={key}>
              {nameOf(key)}
            </option>
          ))}
      </select>
    </fieldset>
  );
}
