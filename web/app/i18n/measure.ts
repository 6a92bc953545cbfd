import { span } from "./time";
import type { Words } from "./words";

/** A figure of the kernel with its unit, as people say it. Units are those of the thresholds. */
export function measure(words: Words, value: number, unit: string): string {
  switch (unit) {
    case "s":
      return value > 0 && value < 10 && !Number.isInteger(value)
        ? words.time.seconds(Number(value.toFixed(1)))
        : span(words, value);
    case "share":
      return percent(value);
    case "people":
      return words.unit.people(plain(value));
    case "size":
      return words.unit.times(plain(value));
    case "sigma":
      return words.unit.sigma(plain(value));
    case "weight":
      return words.unit.weight(plain(value));
    case "things":
      return words.unit.things(plain(value));
    case "deg":
      return words.unit.degrees(plain(value));
    case "":
      return plain(value);
    default:
      return `${plain(value)} ${unit}`;
  }
}

/** 0.3 is 30%; small shares keep what tells them apart: 0.1%. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(share >= 0.1 ? 3 : 2))}%`;
}

/** At most three digits after the point, and no zeros at the end. */
export function plain(value: number): string {
  return String(Number(value.toFixed(3)));
}
