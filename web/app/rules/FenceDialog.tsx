import { useState } from "preact/hooks";
import type { FenceDraft, Rule } from "../api/rules";
import { useWords } from "../i18n/language";
import { measure } from "../i18n/measure";
import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { type Fence, fenceIn, withFence } from "./draft";
import { HoursField } from "./HoursField";
import { isWindow } from "./hours";
import { draft } from "./kept";
import { thresholdName } from "./lines";
import { NumberField } from "./ThresholdRow";

/** A fence's hours and its own thresholds, to be tried. */
export function FenceDialog({ fence, rule, onClose }: { fence: Fence; rule: Rule; onClose(): void }) {
  const words = useWords();
  const w = words.draft;
  const [changed, setChanged] = useState<FenceDraft>(() => fenceIn(draft.get(), fence));
  const own = Object.entries(changed.thresholds);
  const left = rule.thresholds.filter(({ key }) => !(key in changed.thresholds));
  const put = (key: string, value: number) =>
    setChanged((before) => ({ ...before, thresholds: { ...before.thresholds, [key]: value } }));
  const drop = (key: string) =>
    setChanged((before) => ({
      ...before,
      thresholds: Object.fromEntries(Object.entries(before.thresholds).filter(([name]) => name !== key)),
    }));
  const refusals = own.flatMap(([key, value]) => {
    const range = rule.thresholds.find((one) => one.key === key);
    return range !== undefined && !(value >= range.min && value <= range.max)
      ? [
          `${thresholdName(key, words)}${words.colon}${w.bad(measure(words, range.min, range.unit), measure(words, range.max, range.unit))}`,
        ]
      : [];
  });
  const good = refusals.length === 0 && (changed.hours.windows ?? []).every(isWindow);

  return (
    <Dialog title={w.fenceTitle(fence.properties.name)} onClose={onClose}>
      <HoursField
        hours={changed.hours}
        onChange={(hours) => setChanged((before) => ({ ...before, hours }))}
      />
      <fieldset class="hours">
        <legend>{w.ownThresholds}</legend>
        {own.map(([key, value]) => (
          <div key={key} class="own-threshold">
            <span>{thresholdName(key, words)}</span>
            <NumberField value={value} label={thresholdName(key, words)} onChange={(to) => put(key, to)} />
            <span class="quiet">
              {measure(words, value, rule.thresholds.find((one) => one.key === key)?.unit ?? "")}
            </span>
            <button
              type="button"
              class="tool"
              aria-label={w.dropThreshold}
              title={w.dropThreshold}
              onClick={() => drop(key)}
            >
              <Icon name="close" size={16} />
            </button>
          </div>
        ))}
        {left.length > 0 && (
          <select
            aria-label={w.addThreshold}
            value=""
            onChange={(event) => {
              const threshold = left.find(({ key }) => key === event.currentTarget.value);
              if (threshold !== undefined) put(threshold.key, threshold.value);
            }}
          >
            <option value="">{w.chooseThreshold}</option>
            {left.map(({ key }) => (
              <option key={key} value={key}>
                {thresholdName(key, words)}
              </option>
            ))}
          </select>
        )}
        {refusals.map((refusal) => (
          <p key={refusal} class="threshold-trouble" role="alert">
            {refusal}
          </p>
        ))}
      </fieldset>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          {w.cancel}
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={!good}
          onClick={() => {
            draft.set(withFence(draft.get(), changed, fence));
            onClose();
          }}
        >
          {w.put}
        </button>
      </footer>
    </Dialog>
  );
}
