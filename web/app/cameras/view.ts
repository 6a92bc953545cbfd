import type { Hash } from "../state/hash";

export const tabs = ["match", "fences", "permits", "masks", "source", "live"] as const;
export type Tab = (typeof tabs)[number];

/** What is looked at; it stands in the address. */
export interface CamerasView {
  camera: string | null;
  tab: Tab;
  text: string;
  /** A camera is being added. */
  adding: boolean;
}

export function readView({ camera = "", tab = "", q = "", add = "" }: Hash): CamerasView {
  return {
    camera: camera === "" ? null : camera,
    tab: tabs.find((one) => one === tab) ?? "match",
    text: q,
    adding: add === "1",
  };
}

export function writeView({ camera, tab, text, adding }: CamerasView): Hash {
  return {
    camera: adding ? "" : (camera ?? ""),
    tab: camera === null || tab === "match" ? "" : tab,
    q: text.trim(),
    add: adding ? "1" : "",
  };
}
