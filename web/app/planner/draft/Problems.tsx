import type { ComponentChildren } from "preact";
import type { Finding, MendList } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { Icon } from "../../parts/Icon";
import { Empty } from "../../parts/Notice";

export interface Checked {
  problems: readonly Finding[];
  /** The version that was checked. */
  version: number;
  mends: MendList;
}

interface Props {
  checked: Checked | null;
  version: number;
  chosen: number | null;
  nameOf(code: string): string;
  onCheck(): void;
  onFly(i: number): void;
  children?: ComponentChildren;
}

/** What the check found, errors first; each flies there. */
export function Problems({ checked, version, chosen, nameOf, onCheck, onFly, children }: Props) {
  const words = useWords();
  const w = words.editing;
  if (checked === null) {
    return (
      <Empty title={w.unchecked} hint={w.uncheckedHint} icon="check">
        <button type="button" class="button" onClick={onCheck}>
          {w.check}
        </button>
      </Empty>
    );
  }
  const { problems } = checked;
  return (
    <div class="problems">
      {checked.version !== version && (
        <p class="stale">
          {w.stale}
          <button type="button" class="link-button" onClick={onCheck}>
            {w.checkAgain}
          </button>
        </p>
      )}
      {children}
      {problems.length === 0 ? (
        <Empty title={w.sound} hint={w.soundHint} icon="check" />
      ) : (
        <ol class="problem-list">
          {problems.map((problem, i) => (
            <li key={`${problem.rule} ${problem.codes.join()} ${problem.at?.join()}`}>
              <button
                type="button"
                class={problem.warning ? "problem problem-warning" : "problem"}
                data-problem={problem.rule}
                title={problem.text}
                aria-pressed={i === chosen}
                onClick={() => onFly(i)}
              >
                <Icon name={problem.warning ? "info" : "warning"} />
                <span class="problem-rule">{ruleName(problem.rule, words.editing.rules)}</span>
                <span class="problem-text">{problem.codes.slice(0, 4).map(nameOf).join("、")}</span>
                <span class="code">{problem.codes.slice(0, 3).join(" ")}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** A rule as people say it; one that this page does not know stays as it is. */
export function ruleName(rule: string, rules: Readonly<Record<string, string>>): string {
  return rules[rule] ?? rule;
}
