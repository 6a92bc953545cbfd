import type { RuleList } from "../api/rules";
import { measure } from "../i18n/measure";
import type { Words } from "../i18n/words";
import type { DraftLine } from "./draft";
import { hoursText } from "./hours";

/** A line of a draft as a person reads it. */
export function lineText(line: DraftLine, rules: RuleList, words: Words): string {
  const w = words.draft;
  const value = (key: string, amount: number | null) =>
    amount === null ? w.ruleOwn : measure(words, amount, unitOf(rules, key));
  switch (line.kind) {
    case "threshold":
      return w.threshold(
        ruleName(line.rule, rules, words),
        thresholdName(line.key, words),
        value(line.key, line.from),
        value(line.key, line.to),
      );
    case "fenceThreshold":
      return w.fenceThreshold(
        line.name,
        thresholdName(line.key, words),
        value(line.key, line.from),
        value(line.key, line.to),
      );
    case "fenceHours":
      return w.fenceHours(line.name, hoursText(line.from, words), hoursText(line.to, words));
    case "permit":
      return w.permit(line.name, line.holder, hoursText(line.hours, words));
  }
}

/** What the rule is called; the key where the rule is not known. */
export function ruleName(key: string, rules: RuleList, words: Words): string {
  const rule = rules.items.find((one) => one.key === key);
  if (rule === undefined) return key;
  return words.language === "zh" ? rule.name : rule.name_en;
}

export function thresholdName(key: string, words: Words): string {
  return words.threshold[key] ?? key;
}

function unitOf(rules: RuleList, key: string): string {
  return rules.items.flatMap(({ thresholds }) => thresholds).find((one) => one.key === key)?.unit ?? "";
}
