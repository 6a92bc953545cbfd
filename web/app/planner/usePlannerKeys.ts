import { useEffect, useRef } from "preact/hooks";

interface Keys {
  search(): void;
  locate(): void;
  close(): void;
}

/** The keys of the page while no draft is open: then they are the bench's. */
export function usePlannerKeys(on: boolean, keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]") !== null) return;
      if (target.matches("input, select, textarea")) {
        if (event.key === "Escape") target.blur();
        return;
      }
      if (event.key === "/") latest.current.search();
      else if (event.key === "l" || event.key === "L") latest.current.locate();
      else if (event.key === "Escape") latest.current.close();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
}
