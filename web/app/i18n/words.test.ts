import { describe, expect, test } from "vitest";
import { type Words, wordsOf } from "./words";

/** Every word by its path; functions are called with numbers and short texts, to see what they say. */
function flat(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const args = Array.from({ length: value.length }, (_, i) => 2 + i);
    return [
      [`${path}/${value.length}`, String((value as (...args: unknown[]) => string)(...args.map(String)))],
    ];
  }
  return Object.entries(value as object).flatMap(([key, item]) =>
    flat(item, path === "" ? key : `${path}.${key}`),
  );
}

/** What the service says is English; only the other languages have pairs of what it says and what that means. */
const own = ({ reasons, permitSaid, ...words }: Words) => words;
const zh = flat(own(wordsOf.zh));
const en = flat(own(wordsOf.en));
const han = /\p{Script=Han}/u;

describe("the words", () => {
  test("are the same in both languages, with the same number of blanks", () => {
    expect(en.map(([path]) => path).sort()).toEqual(zh.map(([path]) => path).sort());
  });

  test("are never empty", () => {
    expect([...zh, ...en].filter(([, word]) => word.trim() === "")).toEqual([]);
  });

  test("are English in English, but for the product's name and the way back", () => {
    const left = en.filter(([path, word]) => han.test(word) && !["productLong", "switchTo"].includes(path));
    expect(left).toEqual([]);
  });

  test("are Chinese in Chinese, but for names and codes", () => {
    const allowed = new Set(["language", "switchTo", "asOf/1", "colon"]);
    const left = zh.filter(([path, word]) => !han.test(word) && !allowed.has(path) && !/[、]/.test(word));
    expect(left).toEqual([]);
  });

  test("use every blank that they are given", () => {
    for (const [path, word] of [...zh, ...en]) {
      const blanks = Number(/\/(\d)$/.exec(path)?.[1] ?? 0);
      if (path.startsWith("time.minutes") || path.startsWith("time.hours") || path.startsWith("time.days"))
        continue;
      for (let i = 0; i < blanks; i++) expect(word, path).toContain(String(2 + i));
    }
  });
});
