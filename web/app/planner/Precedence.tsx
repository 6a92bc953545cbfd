import { useEffect, useState } from "preact/hooks";
import type { PrecedenceRule } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import type { Words } from "../i18n/words";
import { className, usePlaceClasses } from "../state/placeClasses";

/** Why this net answers here: the line of the precedence that decided, as a sentence. */
export function Decided({ api, rule }: { api: Api; rule: number | null }) {
  const words = useWords();
  const classes = usePlaceClasses(api);
  const [rules, setRules] = useState<readonly PrecedenceRule[] | null>(null);
  useEffect(() => {
    api.precedence().then(setRules, console.warn);
  }, [api]);
  if (rules === null) return null;
  const line = rule === null ? undefined : rules[rule];
  return (
    <p class="quiet">
      {line === undefined
        ? words.planner.noPrecedence
        : sentence(line, words, (key) => className(classes, key, words))}
    </p>
  );
}

const mostNames = 3;

/** One line of the precedence in words. */
export function sentence(line: PrecedenceRule, words: Words, place: (key: string) => string): string {
  const w = words.planner;
  const names = line.names.map(({ name, name_en }) => (words.language === "zh" ? name : name_en));
  const shown = names.slice(0, mostNames).join(w.comma);
  const matters =
    names.length > mostNames ? w.andOthers(shown, names.length) : shown || line.matters.join(w.comma);
  return w.precedence(matters, line.places.map(place).join(w.comma), words.net[line.net]);
}
