import type { Rule } from "../api/rules";
import { useWords } from "../i18n/language";
import { calendarDate } from "../i18n/time";
import { Icon } from "../parts/Icon";
import { HoursField } from "../rules/HoursField";
import { FormBar, type FormProps } from "./FormBar";
import { beginOf, endOf, isGood, lastDay, type PermitDraft } from "./permit";

interface Props extends FormProps {
  permit: PermitDraft;
  rules: readonly Rule[];
  onChange(permit: PermitDraft): void;
  onSave(): void;
}

/** Who may do what in a permit's area, from which day to which, and at which hours. */
export function PermitForm({ permit, rules, state, changed, onChange, onSave, onRemove, onUndo }: Props) {
  const words = useWords();
  const w = words.permits;
  const good = isGood(permit);
  const nameOf = (key: string) => {
    const rule = rules.find((one) => one.key === key);
    if (rule === undefined) return key;
    return words.language === "zh" ? rule.name : rule.name_en;
  };
  const put = (change: Partial<PermitDraft>) => onChange({ ...permit, ...change });
  return (
    <form
      class="fence-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (good) onSave();
      }}
    >
      <div class="fields">
        {(["name", "holder"] as const).map((field) => (
          <label key={field} class="field">
            <span>{w[field]}</span>
            <input
              id={`permit-${field}`}
              value={permit[field]}
              maxLength={200}
              onInput={(event) => put({ [field]: event.currentTarget.value })}
            />
          </label>
        ))}
        <label class="field field-small">
          <span>{w.from}</span>
          <input
            id="permit-from"
            type="date"
            value={calendarDate(Date.parse(permit.from))}
            onChange={({ currentTarget: { value } }) => value !== "" && put({ from: beginOf(value) })}
          />
        </label>
        <label class="field field-small">
          <span>{w.lastDay}</span>
          <input
            id="permit-until"
            type="date"
            value={lastDay(permit.until)}
            onChange={({ currentTarget: { value } }) => value !== "" && put({ until: endOf(value) })}
          />
        </label>
      </div>
      <fieldset class="hours">
        <legend>{w.rules}</legend>
        {permit.rules.map((key) => (
          <div key={key} class="own-threshold">
            <span>{nameOf(key)}</span>
            <button
              type="button"
              class="tool tool-small"
              aria-label={w.dropRule(nameOf(key))}
              title={w.dropRule(nameOf(key))}
              onClick={() => put({ rules: permit.rules.filter((one) => one !== key) })}
            >
              <Icon name="close" size={14} />
            </button>
          </div>
        ))}
        <select
          id="permit-rule"
          aria-label={w.addRule}
          value=""
          onChange={({ currentTarget: { value } }) =>
            value !== "" && put({ rules: [...permit.rules, value] })
          }
        >
          <option value="">{w.addRule}</option>
          {rules
            .filter(({ key }) => !permit.rules.includes(key))
            .map(({ key }) => (
              <option key={key} value={key}>
                {nameOf(key)}
              </option>
            ))}
        </select>
      </fieldset>
      <HoursField hours={permit.hours} onChange={(hours) => put({ hours })} />
      <FormBar
        what="permit"
        known={permit.known}
        good={good}
        fill={w.fill}
        state={state}
        changed={changed}
        onRemove={onRemove}
        onUndo={onUndo}
      />
    </form>
  );
}
