import { useEffect, useRef } from "preact/hooks";
import { type Verdict, verdicts } from "../api/city";
import { verdictKeys } from "../parts/Verdict";
import { switchSound } from "./sound";
import { type Side, sides } from "./view";

interface Keys {
  move(by: 1 | -1): void;
  open(): void;
  close(): void;
  verdict(verdict: Verdict): void;
  undo(): void;
  side(side: Side): void;
  search(): void;
  help(): void;
}

/** The keys of the centre. They rest while a person types or a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.matches("input:not([type=range]), textarea, select") || target.isContentEditable;
      if (document.querySelector("dialog[open]") !== null || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (typing) {
        if (event.key === "Escape") target.blur();
        return;
      }
      if (!act(latest.current, event.key, target)) return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** Reports whether the key meant something. The map keeps its own arrows, and a button its own Enter. */
function act(keys: Keys, key: string, target: HTMLElement): boolean {
  const verdict = verdicts.find((one) => verdictKeys[one] === key.toUpperCase());
  if (verdict !== undefined) {
    keys.verdict(verdict);
    return true;
  }
  const side = sides[Number(key) - 1];
  if (side !== undefined) {
    keys.side(side);
    return true;
  }
  const inMap = target.closest(".map-canvas") !== null;
  switch (key) {
    case "ArrowDown":
    case "ArrowUp":
      if (inMap || target.matches("input")) return false;
      keys.move(key === "ArrowDown" ? 1 : -1);
      return true;
    case "Enter":
      if (target.matches("button, a, summary")) return false;
      keys.open();
      return true;
    case "Escape":
      keys.close();
      return true;
    case "a":
    case "A":
      document.querySelector<HTMLButtonElement>("[data-do=acknowledge]:not(:disabled)")?.click();
      return true;
    case "z":
    case "Z":
      keys.undo();
      return true;
    case "/":
      keys.search();
      return true;
    case "m":
    case "M":
      switchSound();
      return true;
    case "?":
      keys.help();
      return true;
    default:
      return false;
  }
}
