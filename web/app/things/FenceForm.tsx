import type { Rule } from "../api/rules";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { HoursField } from "../rules/HoursField";
import { isWindow } from "../rules/hours";
import { thresholdName } from "../rules/lines";
import { NumberField } from "../rules/ThresholdRow";
import { Fault, Field, ShapeField } from "./Field";
import type { FenceDraft } from "./fence";
import { type FormProps, ThingForm } from "./ThingForm";

interface Props extends FormProps {
  fence: FenceDraft;
  rules: readonly Rule[];
  onChange(fence: FenceDraft): void;
  onArea(): void;
  onSave(): void;
}

/** A fence's name, rule, hours and own thresholds. */
export function FenceForm({ fence, rules, onChange, onArea, onSave, ...bar }: Props) {
  const words = useWords();
  const w = words.fencing;
  const rule = rules.find(({ key }) => key === fence.rule);
  const good = fence.name.trim() !== "" && (fence.hours.windows ?? []).every(isWindow);
  return (
    <ThingForm what="fence" known={fence.known} good={good} onSave={onSave} {...bar}>
      {(told) => (
        <>
          <div class="fields">
            <Field id="fence-name" name="name" label={w.name} faults={told}>
              <input
                id="fence-name"
                value={fence.name}
                maxLength={200}
                onInput={(event) => onChange({ ...fence, name: event.currentTarget.value })}
              />
            </Field>
            <Field id="fence-rule" name="rule" label={w.rule} faults={told}>
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
            </Field>
          </div>
          {fence.frame !== null ? (
            <p class="field-line">
              {w.area}
              <button
                type="button"
                class="link-button"
                onClick={fence.area === null ? onArea : () => onChange({ ...fence, area: null })}
              >
                {fence.area === null ? w.drawArea : w.removeArea}
              </button>
              <Fault name="area" faults={told} />
            </p>
          ) : (
            fence.area !== null && <ShapeField ring={fence.area} faults={told} onRedraw={onArea} />
          )}
          <HoursField hours={fence.hours} onChange={(hours) => onChange({ ...fence, hours })} />
          <Fault name="hours" faults={told} />
          <OwnThresholds
            own={fence.thresholds}
            known={rule?.thresholds ?? []}
            onChange={(thresholds) => onChange({ ...fence, thresholds })}
          />
          <Fault name="thresholds" faults={told} />
        </>
      )}
    </ThingForm>
  );
}

interface OwnProps {
  own: Record<string, number>;
  known: Rule["thresholds"];
  onChange(own: Record<string, number>): void;
}

/** The thresholds in which the fence differs from its rule. */
function OwnThresholds({ own, known, onChange }: OwnProps) {
  const words = useWords();
  const left = known.filter(({ key }) => !(key in own));
  return (
    <fieldset class="hours">
      <legend>{words.fencing.thresholds}</legend>
      {Object.entries(own).map(([key, value]) => (
        <div key={key} class="own-threshold">
          <span>{thresholdName(key, words)}</span>
          <NumberField
            value={value}
            label={thresholdName(key, words)}
            onChange={(to) => onChange({ ...own, [key]: to })}
          />
          <span class="quiet">{known.find((one) => one.key === key)?.unit ?? ""}</span>
          <button
            type="button"
            class="tool tool-small"
            aria-label={words.draft.dropThreshold}
            title={words.draft.dropThreshold}
            onClick={() => onChange(Object.fromEntries(Object.entries(own).filter(([name]) => name !== key)))}
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
            if (added !== undefined) onChange({ ...own, [added.key]: added.value });
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
  );
}
