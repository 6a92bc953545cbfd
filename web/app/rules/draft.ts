import type { FenceCollection } from "../api/city";
import type { BacktestRequest, FenceDraft, Hours, PermitDraft, Rule } from "../api/rules";
import { sameHours } from "./hours";

export type Fence = FenceCollection["features"][number];

/** What an administrator wants to change, before anybody knows what it would do. Never changed in place. */
export interface Draft {
  /** By rule and key. */
  readonly thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whole fences as they would be. */
  readonly fences: readonly FenceDraft[];
  readonly permits: readonly PermitDraft[];
}

export const emptyDraft: Draft = { thresholds: {}, fences: [], permits: [] };

/** What is in force: the draft is told as the difference to it. */
export interface InForce {
  rules: readonly Rule[];
  fences: readonly Fence[];
}

/** One line of what a draft changes. */
export type DraftLine =
  | { kind: "threshold"; rule: string; key: string; from: number; to: number }
  | {
      kind: "fenceThreshold";
      fence: string;
      name: string;
      key: string;
      from: number | null;
      to: number | null;
    }
  | { kind: "fenceHours"; fence: string; name: string; from: Hours; to: Hours }
  | { kind: "permit"; id: string; name: string; holder: string; hours: Hours };

/** The draft with one threshold of a rule; the value in force takes the change back. */
export function withThreshold(draft: Draft, rule: Rule, key: string, value: number): Draft {
  const own = { ...draft.thresholds[rule.key] };
  if (rule.thresholds.some((one) => one.key === key && one.value === value)) delete own[key];
  else own[key] = value;
  const thresholds = { ...draft.thresholds };
  if (Object.keys(own).length === 0) delete thresholds[rule.key];
  else thresholds[rule.key] = own;
  return { ...draft, thresholds };
}

/** The fence as the draft has it, or as it is in force. */
export function fenceIn(draft: Draft, fence: Fence): FenceDraft {
  return draft.fences.find(({ id }) => id === fence.properties.id) ?? draftOf(fence);
}

function draftOf({ geometry, properties }: Fence): FenceDraft {
  const { id, name, rule, view, frame, hours, thresholds } = properties;
  return { id, name, rule, area: geometry, view, frame, hours: hours as Hours, thresholds };
}

/** The draft with a fence changed; one that is as in force takes the change back. */
export function withFence(draft: Draft, changed: FenceDraft, fence: Fence): Draft {
  const others = draft.fences.filter(({ id }) => id !== changed.id);
  const same = fenceLines(changed, fence).length === 0;
  return { ...draft, fences: same ? others : [...others, changed] };
}

export function withPermit(draft: Draft, permit: PermitDraft): Draft {
  return { ...draft, permits: [...draft.permits.filter(({ id }) => id !== permit.id), permit] };
}

/** Everything that the draft changes, in the order of rules and fences. What no longer differs is not told. */
export function linesOf(draft: Draft, { rules, fences }: InForce): DraftLine[] {
  const thresholds = rules.flatMap((rule) =>
    rule.thresholds.flatMap(({ key, value }): DraftLine[] => {
      const to = draft.thresholds[rule.key]?.[key];
      return to === undefined || to === value
        ? []
        : [{ kind: "threshold", rule: rule.key, key, from: value, to }];
    }),
  );
  const changedFences = draft.fences.flatMap((changed) => {
    const fence = fences.find(({ properties }) => properties.id === changed.id);
    return fence === undefined ? [] : fenceLines(changed, fence);
  });
  const permits = draft.permits.map(
    ({ id, name, holder, hours }): DraftLine => ({ kind: "permit", id, name, holder, hours }),
  );
  return [...thresholds, ...changedFences, ...permits];
}

function fenceLines(changed: FenceDraft, { properties }: Fence): DraftLine[] {
  const { id: fence, name } = properties;
  const lines: DraftLine[] = [];
  const hours = properties.hours as Hours;
  if (!sameHours(hours, changed.hours)) {
    lines.push({ kind: "fenceHours", fence, name, from: hours, to: changed.hours });
  }
  const keys = new Set([...Object.keys(properties.thresholds), ...Object.keys(changed.thresholds)]);
  for (const key of keys) {
    const [from = null, to = null] = [properties.thresholds[key], changed.thresholds[key]];
    if (from !== to) lines.push({ kind: "fenceThreshold", fence, name, key, from, to });
  }
  return lines;
}

/** The draft without one of its lines. */
export function without(draft: Draft, line: DraftLine, { rules, fences }: InForce): Draft {
  if (line.kind === "permit") {
    return { ...draft, permits: draft.permits.filter(({ id }) => id !== line.id) };
  }
  if (line.kind === "threshold") {
    const rule = rules.find(({ key }) => key === line.rule);
    return rule === undefined ? draft : withThreshold(draft, rule, line.key, line.from);
  }
  const fence = fences.find(({ properties }) => properties.id === line.fence);
  if (fence === undefined) return draft;
  const changed = fenceIn(draft, fence);
  if (line.kind === "fenceHours") return withFence(draft, { ...changed, hours: line.from }, fence);
  const thresholds = { ...changed.thresholds };
  if (line.from === null) delete thresholds[line.key];
  else thresholds[line.key] = line.from;
  return withFence(draft, { ...changed, thresholds }, fence);
}

/** What is wrong with a threshold of the draft. */
export type Trouble = "range" | "escalate";

/** By rule and key; the service refuses the same. */
export function troublesOf(draft: Draft, rules: readonly Rule[]): Map<string, Trouble> {
  const troubles = new Map<string, Trouble>();
  for (const rule of rules) {
    const own = draft.thresholds[rule.key] ?? {};
    const now = (key: string) => own[key] ?? rule.thresholds.find((one) => one.key === key)?.value;
    for (const { key, min, max } of rule.thresholds) {
      const value = own[key];
      if (value !== undefined && !(value >= min && value <= max)) troubles.set(`${rule.key}.${key}`, "range");
    }
    const [raise, escalate] = [now("raise_s"), now("escalate_s")];
    const touched = own.raise_s !== undefined || own.escalate_s !== undefined;
    if (touched && raise !== undefined && escalate !== undefined && escalate <= raise) {
      troubles.set(`${rule.key}.escalate_s`, "escalate");
    }
  }
  return troubles;
}

export function requestOf(
  draft: Draft,
  { cameras, from, until }: { cameras: readonly string[]; from: number; until: number },
): BacktestRequest {
  return {
    cameras: [...cameras],
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    thresholds: Object.fromEntries(Object.entries(draft.thresholds).map(([rule, own]) => [rule, { ...own }])),
    fences: [...draft.fences],
    permits: [...draft.permits],
  };
}

/** Reads what this device kept; what cannot be a draft is none. */
export function readDraft(text: string | null): Draft {
  try {
    const kept = JSON.parse(text ?? "") as Partial<Draft>;
    const sound =
      typeof kept.thresholds === "object" && Array.isArray(kept.fences) && Array.isArray(kept.permits);
    return sound ? { ...emptyDraft, ...kept } : emptyDraft;
  } catch {
    return emptyDraft;
  }
}
