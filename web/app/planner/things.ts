import type { Geometry } from "geojson";
import type { Api } from "../api/client";
import { calendarDate } from "../i18n/time";
import type { Words } from "../i18n/words";
import type { Tab } from "./view";

/** Something of the city that stands in a list and on the map. */
export interface Thing {
  id: string;
  name: string;
  /** What it is, and until when. */
  note: string;
  /** Where it lies; null for a fence that is drawn on a camera's frame. */
  shapes: readonly Geometry[];
}

/** What a tab lists beside the grids. */
export type Listed = Exclude<Tab, "grids" | "beats">;

export async function listed(tab: Listed, api: Api, words: Words): Promise<Thing[]> {
  const zh = words.language === "zh";
  switch (tab) {
    case "fences":
      return (await api.fences()).features.map(({ geometry, properties: { id, name, rule } }) => ({
        id,
        name,
        note: (words.planner.rule as Record<string, string>)[rule] ?? rule,
        shapes: geometry === null ? [] : [geometry],
      }));
    case "permits":
      return (await api.permits()).map(({ id, name, holder, until, area }) => ({
        id,
        name,
        note: `${holder} · ${words.planner.until(calendarDate(Date.parse(until) - 1))}`,
        shapes: area === null ? [] : [area],
      }));
    case "places": {
      const { classes, items } = await api.places();
      const className = new Map(classes.map(({ key, name, name_en }) => [key, zh ? name : name_en]));
      return items.map(({ id, name, class: key, geometry }) => ({
        id,
        name,
        note: className.get(key) ?? key,
        shapes: [geometry],
      }));
    }
  }
}
