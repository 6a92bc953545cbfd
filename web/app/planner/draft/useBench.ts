import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { areaWords, lengthWords } from "../../map/amount";
import type { CityMap } from "../../map/CityMap";
import { useValue } from "../../state/hooks";
import { Value } from "../../state/value";
import { isEditable } from "../editions";
import type { Scene } from "../tools/scene";
import { type ToolName, toolKeys } from "../tools/tool";
import { Paint } from "./paint";
import type { DraftSession } from "./session";
import { Workbench } from "./workbench";

interface Given {
  map: CityMap;
  session: DraftSession;
  chosen: readonly string[];
  besides: Scene;
  onChoose(codes: readonly string[]): void;
  partOf(name: string): string;
  onSearch(): void;
  onName(): void;
}

const none = new Value<ToolName>("choose");

/** The tool in hand. */
export function useTool({ work }: Bench): ToolName {
  return useValue(work?.name ?? none);
}

export interface Bench {
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Null until the canvas stands. */
  work: Workbench | null;
  paint: Paint | null;
}

/** The bench of one session: it is made with it and goes with it. */
export function useBench(given: Given): Bench {
  const { map, session, chosen, besides } = given;
  const latest = useRef(given);
  latest.current = given;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [work, setWork] = useState<Workbench | null>(null);
  const [paint, setPaint] = useState<Paint | null>(null);

  useEffect(() => {
    if (canvas.current === null) return;
    const net = session.draft.get().net;
    const bench = new Workbench(map, canvas.current, session, {
      onChoose: (codes) => latest.current.onChoose(codes),
      length: lengthWords,
      area: areaWords,
      partOf: (name) => latest.current.partOf(name),
    });
    const painter = new Paint(map, net, () => session.coverage.grids());
    const unwatch = session.watch((changes) => painter.show(changes));
    setWork(bench);
    setPaint(painter);
    return () => {
      unwatch();
      bench.stop();
      painter.stop();
      setWork(null);
      setPaint(null);
    };
  }, [map, session]);

  useEffect(() => work?.choose(chosen), [work, chosen]);
  useEffect(() => work?.show(besides), [work, besides]);
  useEffect(() => {
    if (paint === null) return;
    const mark = () => paint.mark(latest.current.chosen, session.draft.get().changed);
    mark();
    return session.draft.watch(mark);
  }, [paint, session, chosen]);
  useEffect(() => {
    if (work === null) return;
    const press = (event: KeyboardEvent) => keyed(event, work, session, latest.current);
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [work, session]);
  return { canvas, work, paint };
}

const toolOf = new Map(Object.entries(toolKeys).map(([name, key]) => [key.toLowerCase(), name as ToolName]));

/** One key of the bench. What is typed into a field is the field's. */
function keyed(
  event: KeyboardEvent,
  work: Workbench,
  session: DraftSession,
  { onSearch, onName }: Given,
): void {
  const target = event.target as HTMLElement;
  if (document.querySelector("dialog[open]") !== null) return;
  if (target.matches("input, select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  const editable = isEditable(session.draft.get());
  const tool = toolOf.get(key);
  if (key === "z" && editable) session.undo(event.shiftKey ? "redo" : "undo");
  else if (command && key === "y" && editable) session.undo("redo");
  else if (command || event.altKey) return;
  else if (work.key(event.key, event.shiftKey)) work.redraw();
  else if (key === "escape") {
    if (!work.cancel()) work.take("choose");
    session.trouble.set(null);
  } else if (key === "/") onSearch();
  else if (key === "n") onName();
  else if (tool === "road" && session.draft.get().net !== "road") return;
  else if (tool !== undefined && (editable || tool === "choose" || tool === "measure")) work.take(tool);
  else return;
  event.preventDefault();
}
