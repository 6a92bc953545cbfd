import type { Alert, AlertDetail, Why } from "../api/city";
import { span } from "../i18n/time";
import type { Words } from "../i18n/words";
import { dwellS, isOfCamera, matterOf } from "./look";

/** Who does what where, and for how long. why is only known once the alert was opened. */
export function sentence(alert: Alert, why: Why | null, words: Words, now: number): string {
  const w = words.sentence;
  const lasting = span(words, dwellS(alert, now));
  const what = thing(alert.class, words);
  switch (matterOf(alert)) {
    case "fire_lane":
      return w.fire_lane(what, alert.fence.name, lasting);
    case "vending": {
      const who = why?.people ? w.people(why.people) : w.someone;
      return w.vending(who, goods(why?.goods ?? [], words), alert.fence.name, lasting);
    }
    case "debris": {
      const first = w.debris(alert.fence.name, lasting);
      return why?.witness ? `${first} ${w.witness(thing(why.witness, words))}`.replace("。 ", "。") : first;
    }
    case "other":
      return w.other(what, alert.fence.name, lasting);
    case "device": {
      const say = alert.rule === "camera_offline" ? words.device.blind : words.device.paused;
      return say(alert.camera.name, deviceTrouble(alert, words), lasting, alert.grid?.name ?? "");
    }
  }
}

/** Which rule spoke, with the limits that people know: those in seconds that made it speak. */
export function trigger(alert: AlertDetail, words: Words): string {
  const { why } = alert;
  if (isOfCamera(alert)) return words.device.trigger;
  const limits = Object.entries(why.thresholds)
    .filter(([key]) => decisive.has(key))
    .sort(([, a], [, b]) => a - b)
    .map(([key, seconds]) => `${words.threshold[key] ?? key} ${span(words, seconds)}`)
    .join(" / ");
  return words.sentence.trigger(why.rule, why.rule_version, limits);
}

/** The thresholds that say when; the others say how to look. */
export const decisive: ReadonlySet<string> = new Set(["raise_s", "escalate_s"]);

export function thing(name: string, words: Words): string {
  return words.thing[name] ?? name;
}

export function things(names: readonly string[], words: Words): string {
  const known = [...new Set(names.map((name) => thing(name, words)))];
  const last = known.pop();
  if (last === undefined) return "";
  return known.length === 0 ? last : `${known.join(words.sentence.comma)}${words.sentence.and}${last}`;
}

/** What lies beside people who sell: a lasting change of the ground is goods there. */
export function goods(names: readonly string[], words: Words): string {
  return things(
    names.map((name) => (name === "change" ? words.sentence.goods : name)),
    words,
  );
}

/** What the matter is called in the words' language; of a camera, what is wrong with it. */
export function matterName(alert: Pick<Alert, "matter" | "rule" | "class">, words: Words): string {
  if (isOfCamera(alert)) return deviceTrouble(alert, words);
  return words.language === "zh" ? alert.matter.name : alert.matter.name_en;
}

function deviceTrouble(alert: Pick<Alert, "class">, words: Words): string {
  return words.device.trouble[alert.class] ?? alert.class;
}

/** What the alert is in or of: the fence, or the camera that is in trouble itself. */
export function spotName(alert: Pick<Alert, "rule" | "fence" | "camera">): string {
  return isOfCamera(alert) ? alert.camera.name : alert.fence.name;
}

/** The place as people say it: street · grid. The fence stands beside it where there is room. */
export function place(alert: Pick<Alert, "grid" | "rule" | "fence" | "camera">): string {
  return alert.grid === null ? spotName(alert) : gridPlace(alert.grid);
}

export function gridPlace({ street, name }: { street: string; name: string }): string {
  return street === "" || name.startsWith(street) ? name : `${street} · ${name}`;
}

/** A threshold with the unit that its key ends in. */
export function thresholdValue(key: string, value: number, words: Words): string {
  if (key.endsWith("_s")) return span(words, value);
  if (key.endsWith("_m2")) return `${value} m²`;
  if (key.endsWith("_m")) return `${value} m`;
  return String(value);
}
