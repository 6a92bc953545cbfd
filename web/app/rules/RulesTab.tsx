import { useRef, useState } from "preact/hooks";
import { matterOf } from "../alerts/look";
import type { Rule, RuleList } from "../api/rules";
import { useWords } from "../i18n/language";
import { Mark } from "../parts/Mark";
import { Empty } from "../parts/Notice";
import { SearchBox } from "../parts/SearchBox";
import { type DraftLine, emptyDraft, type Fence } from "./draft";
import { draft } from "./kept";
import { ruleName } from "./lines";
import { Measured } from "./Measured";
import { RuleDetail } from "./RuleDetail";

interface Props {
  rules: RuleList;
  fences: readonly Fence[];
  chosen: string | null;
  admin: boolean;
  lines: readonly DraftLine[];
  onChoose(rule: string): void;
  onBacktest(): void;
}

export function RulesTab({ rules, fences, chosen, admin, lines, onChoose, onBacktest }: Props) {
  const words = useWords();
  const w = words.rules;
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = rules.items.filter(({ key, name, name_en, matter }) =>
    [key, name, name_en, matter.code, matter.name, matter.name_en].join(" ").toLowerCase().includes(wanted),
  );
  const rule = rules.items.find(({ key }) => key === chosen) ?? rules.items[0];
  return (
    <div class="rules-tabpage">
      <aside class="rule-side">
        <div class="rule-find">
          <SearchBox text={text} label={w.search} onText={setText} />
          <p class="quiet" role="status">
            {w.count(found.length)} · {w.version(rules.version)}
          </p>
        </div>
        {found.length === 0 && <Empty title={w.noneTitle} hint={w.noneHint} icon="search" />}
        <RuleRows rules={rules} found={found} chosen={rule?.key ?? null} lines={lines} onChoose={onChoose} />
      </aside>
      {rule === undefined ? (
        <Empty title={w.pick} hint={w.pickHint} icon="list" />
      ) : (
        <RuleDetail key={rule.key} rule={rule} rules={rules} fences={fences} admin={admin} />
      )}
      {lines.length > 0 && (
        <footer class="draft-bar">
          <strong>{words.draft.count(lines.length)}</strong>
          <button type="button" class="button" onClick={() => draft.set(emptyDraft)}>
            {words.draft.clear}
          </button>
          <button type="button" class="button button-primary" data-do="see-draft" onClick={onBacktest}>
            {words.draft.see}
          </button>
        </footer>
      )}
    </div>
  );
}

function RuleRows({
  rules,
  found,
  chosen,
  lines,
  onChoose,
}: {
  rules: RuleList;
  found: readonly Rule[];
  chosen: string | null;
  lines: readonly DraftLine[];
  onChoose(rule: string): void;
}) {
  const words = useWords();
  const list = useRef<HTMLUListElement>(null);
  const step = (event: KeyboardEvent, by: number) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.min(Math.max(0, at + by), buttons.length - 1)]?.focus();
    event.preventDefault();
  };
  return (
    <ul
      class="rule-list"
      ref={list}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown") step(event, 1);
        if (event.key === "ArrowUp") step(event, -1);
      }}
    >
      {measuredFirst(found).map((rule) => {
        const drafted = lines.filter((line) => line.kind === "threshold" && line.rule === rule.key).length;
        return (
          <li key={rule.key}>
            <button
              type="button"
              class="rule-row"
              data-rule={rule.key}
              aria-pressed={rule.key === chosen}
              onClick={() => onChoose(rule.key)}
            >
              <Mark
                matter={matterOf({ rule: rule.key, matter: rule.matter })}
                stage="new"
                escalated={false}
                size={20}
              />
              <span class="rule-name">{ruleName(rule.key, rules, words)}</span>
              {drafted > 0 && <span class="rules-count">{drafted}</span>}
              <span class="rule-key code">
                {rule.matter.code} {rule.key}
              </span>
              <Measured measured={rule.measured} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The rules that somebody measured, then the others, by the code of their matter. */
function measuredFirst(rules: readonly Rule[]): Rule[] {
  return [...rules].sort(
    (a, b) =>
      Number(a.measured === "untested") - Number(b.measured === "untested") ||
      a.matter.code.localeCompare(b.matter.code) ||
      a.key.localeCompare(b.key),
  );
}
