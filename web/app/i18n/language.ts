import { useValue } from "../state/hooks";
import { remembered } from "../state/remembered";
import { type Language, languages, type Words, wordsOf } from "./words";

/** The language of this device, kept between visits. Chinese until the person says otherwise. */
export const language = remembered<Language>("gridwatch.language", "zh", languages);

export function useWords(): Words {
  return wordsOf[useValue(language)];
}

/** Keeps the document's own language attribute true: the browser picks glyphs and reads aloud by it. */
export function announceLanguage(): void {
  const tell = (now: Language) => {
    document.documentElement.lang = now === "zh" ? "zh-CN" : "en";
  };
  tell(language.get());
  language.watch(tell);
}

export function otherLanguage(): void {
  language.set(language.get() === "zh" ? "en" : "zh");
}
