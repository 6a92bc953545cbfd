import { useState } from "preact/hooks";
import type { Hours, Rule, RuleList } from "../api/rules";
import { useWords } from "../i18n/language";
import { calendarDate, fromWall } from "../i18n/time";
import { Dialog } from "../parts/Dialog";
import { type Fence, withPermit } from "./draft";
import { HoursField } from "./HoursField";
import { isWindow } from "./hours";
import { draft } from "./kept";
import { ruleName } from "./lines";

const dayMs = 24 * 3600_000;

/** A permit on a fence's ground, to be tried: who may stand there, on which days and hours. */
export function PermitDialog({
  fence,
  rule,
  rules,
  onClose,
}: {
  fence: Fence;
  rule: Rule;
  rules: RuleList;
  onClose(): void;
}) {
  const words = useWords();
  const w = words.draft;
  const [name, setName] = useState(fence.properties.name);
  const [holder, setHolder] = useState("");
  const [hours, setHours] = useState<Hours>({});
  const [from, setFrom] = useState(calendarDate(Date.now() - 7 * dayMs));
  const [until, setUntil] = useState(calendarDate(Date.now() + 30 * dayMs));
  const begin = fromWall(`${from}T00:00`);
  const end = fromWall(`${until}T00:00`);
  const filled = name.trim() !== "" && holder.trim() !== "";
  const ordered = begin !== null && end !== null && end > begin;
  const good = filled && ordered && (hours.windows ?? []).every(isWindow);

  const put = () => {
    if (!good || fence.geometry === null) return;
    draft.set(
      withPermit(draft.get(), {
        id: `draft-${fence.properties.id}`,
        name: name.trim(),
        holder: holder.trim(),
        rules: [rule.key],
        area: fence.geometry,
        hours,
        from: new Date(begin).toISOString(),
        until: new Date(end).toISOString(),
      }),
    );
    onClose();
  };
  return (
    <Dialog title={w.permitTitle(fence.properties.name)} onClose={onClose}>
      <p class="quiet">{ruleName(rule.key, rules, words)}</p>
      <div class="fields">
        <label>
          <span>{w.permitName}</span>
          <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          <span>{w.holder}</span>
          <input value={holder} onInput={(event) => setHolder(event.currentTarget.value)} />
        </label>
        <label>
          <span>{w.validFrom}</span>
          <input type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label>
          <span>{w.validUntil}</span>
          <input type="date" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
        </label>
      </div>
      <HoursField hours={hours} onChange={setHours} />
      {(!filled || !ordered) && <p class="quiet">{filled ? words.backtest.badPeriod : w.permitFill}</p>}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          {w.cancel}
        </button>
        <button type="button" class="button button-primary" disabled={!good} onClick={put}>
          {w.put}
        </button>
      </footer>
    </Dialog>
  );
}
