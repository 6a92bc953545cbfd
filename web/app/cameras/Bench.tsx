import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Camera } from "../api/city";
import type { Api } from "../api/client";
import type { Shape } from "../map/Layer";
import type { Point } from "../map/points";
import type { City } from "../map/useCity";
import { FramePane } from "./FramePane";
import { MapPane } from "./MapPane";
import type { Tool } from "./tool";

interface Props {
  api: Api;
  city: City;
  camera: string;
  version: string;
  cameras: readonly Camera[];
  /** What the map looks at first. */
  around: readonly Point[];
  tool: Tool;
  /** What is drawn whatever tool is in hand. */
  onFrame: readonly Shape[];
  onMap: readonly Shape[];
  onCamera(id: string): void;
  /** Instead of the still. */
  picture?: ComponentChildren;
}

/** The picture beside the map, and below them the tool in hand. */
export function Bench({
  api,
  city,
  camera,
  version,
  cameras,
  around,
  tool,
  onFrame,
  onMap,
  onCamera,
  picture,
}: Props) {
  useToolKeys(tool);
  return (
    <>
      <div class="panes">
        <FramePane
          api={api}
          camera={camera}
          version={version}
          {...tool.frame}
          shapes={[...onFrame, ...tool.frame.shapes]}
          {...(picture === undefined ? {} : { children: picture })}
        />
        <MapPane
          city={city}
          cameras={cameras}
          around={around}
          {...tool.map}
          shapes={[...onMap, ...tool.map.shapes]}
          onCamera={onCamera}
        />
      </div>
      <div class="tool-panel">{tool.panel}</div>
    </>
  );
}

function useToolKeys(tool: Tool): void {
  const latest = useRef(tool);
  latest.current = tool;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { undo, finish, cancel, back, drawing = false } = latest.current;
      const target = event.target as HTMLElement;
      if (target.matches("input, select, textarea")) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") undo?.();
      else if (event.ctrlKey || event.metaKey || event.altKey) return;
      else if (event.key === "Enter" && (drawing || !target.matches("button, a"))) finish?.();
      else if (event.key === "Escape") cancel?.();
      else if (event.key === "Backspace") back?.();
      else return;
      event.preventDefault();
    };
    const leave = (event: BeforeUnloadEvent) => {
      if (latest.current.changed) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    addEventListener("beforeunload", leave);
    return () => {
      document.removeEventListener("keydown", press);
      removeEventListener("beforeunload", leave);
    };
  }, []);
}
