import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { decisive, things } from "../alerts/sentence";
import type { Rule, RuleList } from "../api/rules";
import { useWords } from "../i18n/language";
import { useValue } from "../state/hooks";
import { type Fence, fenceIn, troublesOf, withThreshold } from "./draft";
import { FenceDialog } from "./FenceDialog";
import { hoursText } from "./hours";
import { draft } from "./kept";
import { ruleName } from "./lines";
import { Measured } from "./Measured";
import { PermitDialog } from "./PermitDialog";
import { ThresholdRow } from "./ThresholdRow";

interface Props {
  rule: Rule;
  rules: RuleList;
  fences: readonly Fence[];
  admin: boolean;
}

/** One rule: what it looks for, its thresholds and where they came from, and the fences that use it. */
export function RuleDetail({ rule, rules, fences, admin }: Props) {
  const words = useWords();
  const w = words.rules;
  const first = rule.thresholds.filter(({ key }) => decisive.has(key));
  const others = rule.thresholds.filter(({ key }) => !decisive.has(key));
  return (
    <section class="rule" aria-label={rule.key}>
      <header class="rule-head">
        <h2>{ruleName(rule.key, rules, words)}</h2>
        <Measured measured={rule.measured} />
      </header>
      <dl class="rule-facts">
        <Fact label={w.matter}>
          {words.language === "zh" ? rule.matter.name : rule.matter.name_en}{" "}
          <span class="code">{rule.matter.code}</span>
        </Fact>
        <Fact label={w.key}>
          <span class="code">{rule.key}</span>
        </Fact>
        <Fact label={w.scene}>{w.scenes[rule.scene] ?? rule.scene}</Fact>
        {rule.subjects.length > 0 && <Fact label={w.subjects}>{things(rule.subjects, words)}</Fact>}
        {rule.goods.length > 0 && <Fact label={w.goods}>{things(rule.goods, words)}</Fact>}
      </dl>
      {!admin && <p class="rule-note quiet">{w.readOnly}</p>}
      <h3>{w.thresholds}</h3>
      <Thresholds rule={rule} keys={first.map(({ key }) => key)} admin={admin} />
      {others.length > 0 && (
        <details class="rule-others">
          <summary>{w.advanced(others.length)}</summary>
          <Thresholds rule={rule} keys={others.map(({ key }) => key)} admin={admin} />
        </details>
      )}
      <h3>{w.fences}</h3>
      <Fences rule={rule} rules={rules} fences={fences} admin={admin} />
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Thresholds({ rule, keys, admin }: { rule: Rule; keys: readonly string[]; admin: boolean }) {
  const drafted = useValue(draft);
  const troubles = troublesOf(drafted, [rule]);
  return (
    <div class="thresholds">
      {rule.thresholds
        .filter(({ key }) => keys.includes(key))
        .map((threshold) => (
          <ThresholdRow
            key={threshold.key}
            threshold={threshold}
            drafted={drafted.thresholds[rule.key]?.[threshold.key] ?? null}
            trouble={troubles.get(`${rule.key}.${threshold.key}`) ?? null}
            admin={admin}
            onChange={(value) => draft.set(withThreshold(draft.get(), rule, threshold.key, value))}
          />
        ))}
    </div>
  );
}

function Fences({ rule, rules, fences, admin }: Props) {
  const words = useWords();
  const w = words.rules;
  const drafted = useValue(draft);
  const [open, setOpen] = useState<{ what: "fence" | "permit"; fence: Fence } | null>(null);
  const own = fences.filter(({ properties }) => properties.rule === rule.key);
  if (own.length === 0) return <p class="quiet rule-note">{w.noFences}</p>;
  return (
    <>
      <ul class="rule-fences">
        {own.map((fence) => {
          const { id, name, view } = fence.properties;
          const now = fenceIn(drafted, fence);
          const changed = drafted.fences.some((one) => one.id === id);
          const n = Object.keys(now.thresholds).length;
          return (
            <li key={id} class={changed ? "rule-fence rule-fence-changed" : "rule-fence"} data-fence={id}>
              <span>
                <strong>{name}</strong>
                <span class="quiet">
                  {" "}
                  {hoursText(now.hours, words)}
                  {n > 0 && ` · ${w.fenceOwn(n)}`} · {view === null ? w.onMap : w.onFrame}
                </span>
              </span>
              {admin && (
                <span class="rule-fence-do">
                  <button type="button" class="button" onClick={() => setOpen({ what: "fence", fence })}>
                    {w.changeFence}
                  </button>
                  <button
                    type="button"
                    class="button"
                    disabled={fence.geometry === null}
                    title={fence.geometry === null ? words.draft.noArea : ""}
                    onClick={() => setOpen({ what: "permit", fence })}
                  >
                    {w.addPermit}
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {open?.what === "fence" && <FenceDialog fence={open.fence} rule={rule} onClose={() => setOpen(null)} />}
      {open?.what === "permit" && (
        <PermitDialog fence={open.fence} rule={rule} rules={rules} onClose={() => setOpen(null)} />
      )}
    </>
  );
}
