import { en } from "./en";
import { type Words, zh } from "./zh";

export type { Words };

export const languages = ["zh", "en"] as const;
export type Language = (typeof languages)[number];

export const wordsOf: Record<Language, Words> = { zh, en };
