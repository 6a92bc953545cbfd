import { useEffect, useState } from "preact/hooks";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import { Icon } from "../../parts/Icon";
import { Failure } from "../../parts/Notice";
import { useValue } from "../../state/hooks";
import { lonlat } from "../coverage/plane";
import type { Point } from "../coverage/types";
import type { ToolName } from "../tools/tool";
import { ruleName } from "./Problems";
import { SnapBar } from "./SnapBar";
import type { DraftSession } from "./session";
import { ToolColumn } from "./ToolColumn";
import type { Bench } from "./useBench";
import type { Workbench } from "./workbench";

interface Props {
  bench: Bench;
  map: CityMap;
  session: DraftSession;
  editable: boolean;
  chosen: readonly string[];
}

/** What lies over the map while a draft is open: the sketch, the tools, what the tool in hand does now, and refusals. */
export function BenchView({ bench, map, session, editable, chosen }: Props) {
  return (
    <div class="bench">
      <canvas class="sketch" ref={bench.canvas} />
      {bench.work !== null && (
        <Tools work={bench.work} map={map} session={session} editable={editable} chosen={chosen} />
      )}
    </div>
  );
}

function Tools({ work, map, session, editable, chosen }: Omit<Props, "bench"> & { work: Workbench }) {
  const words = useWords();
  const w = words.editing;
  const tool = useValue(work.name);
  const drawing = useValue(work.drawing);
  const road = useValue(work.road);
  const draft = useValue(session.draft);
  const trouble = useValue(session.trouble);
  return (
    <>
      {editable && (
        <ToolColumn
          net={draft.net}
          tool={tool}
          canUndo={draft.can_undo}
          canRedo={draft.can_redo}
          onTool={(name: ToolName) => work.take(name)}
          onUndo={(way) => session.undo(way)}
        />
      )}
      {editable && (
        <div class="tool-hint" role="status" data-tool={tool}>
          <strong>{w.tool[tool]}</strong>
          <span>
            {tool === "road" && road.done ? words.roads.adjust : hintOf(tool, drawing, chosen.length, w)}
          </span>
          {drawing > 0 && tool !== "hole" && (
            <span class="tool-hint-steps">
              <button type="button" class="button button-small" onClick={() => work.back()}>
                {w.back} <kbd>⌫</kbd>
              </button>
              <button
                type="button"
                class="button button-small button-primary"
                disabled={drawing < 2}
                data-do="finish"
                onClick={() => work.finish()}
              >
                {w.finish} <kbd>⏎</kbd>
              </button>
            </span>
          )}
          {tool === "snap" && <SnapBar session={session} chosen={chosen} />}
        </div>
      )}
      {trouble?.kind === "refused" && (
        <Bubble map={map} at={trouble.at}>
          <strong>{ruleName(trouble.rule, w.rules)}</strong>
          <span>{trouble.codes.flatMap((code) => session.coverage.grid(code)?.name ?? code).join("、")}</span>
          <button
            type="button"
            class="tool"
            aria-label={words.close}
            onClick={() => session.trouble.set(null)}
          >
            <Icon name="close" size={14} />
          </button>
        </Bubble>
      )}
      {trouble?.kind === "failed" && tool !== "road" && (
        <div class="bench-failure">
          <Failure
            error={trouble.error}
            onRetry={() => void session.reload().then(() => session.trouble.set(null))}
          />
        </div>
      )}
      <Under work={work} session={session} />
    </>
  );
}

type EditingWords = ReturnType<typeof useWords>["editing"];

function hintOf(tool: ToolName, drawing: number, chosen: number, w: EditingWords): string {
  if (tool === "merge" && chosen > 0) return w.mergeNext;
  if (tool === "hole" && drawing > 0) return w.holeNext;
  if (["split", "reshape", "measure", "road"].includes(tool) && drawing > 0) return w.lineNext;
  return w.how[tool];
}

/** Something said at a place on the map; at the top of it where there is no place. */
function Bubble({
  map,
  at,
  children,
}: {
  map: CityMap;
  at: Point | null;
  children: preact.ComponentChildren;
}) {
  const [, moved] = useState({});
  useEffect(() => {
    const redraw = () => moved({});
    map.gl.on("move", redraw);
    return () => {
      map.gl.off("move", redraw);
    };
  }, [map]);
  const place =
    at === null ? { x: map.gl.getContainer().clientWidth / 2, y: 90 } : map.gl.project(lonlat(at));
  return (
    <div class="refusal" role="alert" style={{ transform: `translate(${place.x}px, ${place.y}px)` }}>
      <div class="refusal-words">{children}</div>
    </div>
  );
}

/** What the pointer is over, and where: the line below the map. */
function Under({ work, session }: { work: Workbench; session: DraftSession }) {
  const w = useWords().editing;
  const under = useValue(work.under);
  if (under === null) return null;
  const grid = under.code === null ? null : session.coverage.grid(under.code);
  const [lon, lat] = lonlat(under.at);
  return (
    <p class="under">
      <span>{grid === null ? w.nobodys : grid.name}</span>
      {grid !== null && <span class="code">{grid.code}</span>}
      <span class="code under-at">
        {lon.toFixed(6)}, {lat.toFixed(6)}
      </span>
    </p>
  );
}
