import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import type { PlaceClass } from "../api/setup";
import type { Words } from "../i18n/words";

/** The city's classes of places; none until they are known. */
export function usePlaceClasses(api: Api): readonly PlaceClass[] {
  const [classes, setClasses] = useState<readonly PlaceClass[]>([]);
  useEffect(() => {
    api.placeClasses().then(setClasses, console.warn);
  }, [api]);
  return classes;
}

/** What a class is called in the words' language; its key where the city does not list it. */
export function className(classes: readonly PlaceClass[], key: string, words: Words): string {
  const known = classes.find((one) => one.key === key);
  if (known === undefined) return key;
  return words.language === "zh" ? known.name : known.name_en;
}
