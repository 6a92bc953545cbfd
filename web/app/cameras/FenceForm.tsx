import type { Rule } from "../api/rules";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { HoursField } from "../rules/HoursField";
import { isWindow } from "../rules/hours";
import { thresholdName } from "../rules/lines";
import { NumberField } from "../rules/ThresholdRow";
import { FormBar, type FormProps } from "./FormBar";
import type { FenceDraft } from "./fence";

interface Props extends FormProps {
  fence: FenceDraft;
  rules: readonly Rule[];
  onChange(fence: FenceDraft): void;
  onArea(): void;
  onSave(): void;
}

/** A fence's name, rule, hours and own thresholds. */
export function FenceForm({
  fence,
  rules,
  state,
  changed,
  onChange,
  onArea,
  onSave,
  onRemove,
  onUndo,
}: Props) {
  const words = useWords();
  const w = words.fencing;
  const rule = rules.find(({ key }) => key === fence.rule);
  const own = Object.entries(fence.thresholds);
  const left = (rule?.thresholds ?? []).filter(({ key }) => !(key in fence.thresholds));
  const set = (thresholds: Record<string, number>) => onChange({ ...fence, thresholds });
  const good = fence.name.trim() !== "" && (fence.hours.windows ?? []).every(isWindow);
  return (
    <form
      class="fence-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (good) onSave();
      }}
    >
      <div class="fields">
        <label class="field">
          <span>{w.name}</span>
          <input
            id="fence-name"
            value={fence.name}
            maxLength={200}
            onInput={(event) => onChange({ ...fence, name: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{w.rule}</span>
          <select
            id="fence-rule"
            value={fence.rule}
            onChange={(event) => onChange({ ...fence, rule: event.currentTarget.value, thresholds: {} })}
          >
            {rule === undefined && <option value={fence.rule}>{fence.rule}</option>}
            {rules.map(({ key, matter }) => (
              <option key={key} value={key}>
                {words.language === "zh" ? matter.name : matter.name_en} · {key}
              </option>
            ))}
          </select>
        </label>
      </div>
      {fence.frame !== null && (
        <p class="field-line">
          {w.area}
          <button
            type="button"
            class="link-button"
            onClick={fence.area === null ? onArea : () => onChange({ ...fence, area: null })}
          >
            {fence.area === null ? w.drawArea : w.removeArea}
          </button>
        </p>
      )}
      <HoursField hours={fence.hours} onChange={(hours) => onChange({ ...fence, hours })} />
      <fieldset class="hours">
        <legend>{w.thresholds}</legend>
        {own.map(([key, value]) => (
          <div key={key} class="own-threshold">
            <span>{thresholdName(key, words)}</span>
            <NumberField
              value={value}
              label={thresholdName(key, words)}
              onChange={(to) => set({ ...fence.thresholds, [key]: to })}
            />
            <span class="quiet">{rule?.thresholds.find((one) => one.key === key)?.unit ?? ""}</span>
            <button
              type="button"
              class="tool tool-small"
              aria-label={words.draft.dropThreshold}
              title={words.draft.dropThreshold}
              onClick={() => set(Object.fromEntries(own.filter(([name]) => name !== key)))}
            >
              <Icon name="close" size={14} />
            </button>
          </div>
        ))}
        {left.length > 0 && (
          <select
            aria-label={words.draft.addThreshold}
            value=""
            onChange={(event) => {
              const added = left.find(({ key }) => key === event.currentTarget.value);
              if (added !== undefined) set({ ...fence.thresholds, [added.key]: added.value });
            }}
          >
            <option value="">{words.draft.addThreshold}</option>
            {left.map(({ key }) => (
              <option key={key} value={key}>
                {thresholdName(key, words)}
              </option>
            ))}
          </select>
        )}
      </fieldset>
      <FormBar
        what="fence"
        known={fence.known}
        good={good}
        state={state}
        changed={changed}
        onRemove={onRemove}
        onUndo={onUndo}
      />
    </form>
  );
}
