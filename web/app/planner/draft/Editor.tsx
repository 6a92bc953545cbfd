import type { Position } from "geojson";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Me } from "../../api/city";
import type { Api } from "../../api/client";
import type { Conflict, LateCommand, Mend } from "../../api/editions";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import { boundsOf } from "../../map/measure";
import { Tabs } from "../../parts/Tabs";
import { useValue } from "../../state/hooks";
import { boundaryOf, geometryOf, pointOf } from "../coverage/plane";
import type { Grid } from "../coverage/types";
import { isEditable } from "../editions";
import { RoadForm } from "../roads/RoadForm";
import type { Scene } from "../tools/scene";
import { BenchView } from "./BenchView";
import { Conflicts } from "./Conflicts";
import { DraftHead } from "./DraftHead";
import { GridPanel } from "./GridPanel";
import { ImpactBar, type ImpactTable as Table } from "./ImpactBar";
import { ImpactTable } from "./ImpactTable";
import { LogPanel } from "./LogPanel";
import { Mends } from "./Mends";
import { impactScene } from "./moved";
import { Overtaken } from "./Overtaken";
import { type Checked, Problems } from "./Problems";
import { Rebase } from "./rebase";
import type { DraftSession } from "./session";
import { useBench, useTool } from "./useBench";
import { useImpact } from "./useImpact";

interface Props {
  api: Api;
  me: Me;
  map: CityMap;
  session: DraftSession;
  /** The edition that was published since the draft was begun. */
  newer: number | null;
  chosen: readonly string[];
  onChoose(codes: readonly string[]): void;
  onSearch(): void;
  onChanged(): void;
  onRebased(): void;
  onCompare(): void;
  onExport(): void;
  onClose(): void;
}

const panels = ["grid", "problems", "log"] as const;
type Panel = (typeof panels)[number];

/** One edition that is open: its head, the bench over the map, the panels beside it and what it moves below. */
export function Editor(props: Props) {
  const { api, me, map, session, newer, chosen, onChoose } = props;
  const words = useWords();
  const w = words.editing;
  const draft = useValue(session.draft);
  const trouble = useValue(session.trouble);
  const editable = isEditable(draft);
  const [panel, setPanel] = useState<Panel>("grid");
  const [checked, setChecked] = useState<Checked | null>(null);
  const [problem, setProblem] = useState<number | null>(null);
  const [mend, setMend] = useState<Mend | null>(null);
  const rebase = useMemo(() => new Rebase(api, session.draft.get().id), [api, session]);
  const [late, setLate] = useState<LateCommand | null>(null);
  const [days, setDays] = useState(30);
  const [table, setTable] = useState<Table | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const reckoned = useImpact(api, session, days);

  const show = (grid: Grid) => {
    const box = boundsOf([geometryOf(grid.boundary)]);
    if (box !== null) map.fit(box, 17);
  };
  const check = async () => {
    const { problems, version, state } = await api.checkDraft(draft.id);
    const mends = await api.mends(draft.id);
    session.draft.set({ ...session.draft.get(), state });
    setChecked({ problems, version, mends });
    setMend(null);
    setProblem(null);
    setPanel("problems");
    return problems.filter(({ warning }) => !warning).length;
  };
  const flyToProblem = (i: number) => {
    const found = checked?.problems[i];
    if (found === undefined) return;
    setProblem(i);
    setMend(null);
    onChoose(found.codes);
    if (found.at !== null) map.look(found.at, 17);
  };

  const besides: Scene = useMemo(() => {
    if (trouble?.kind === "conflict") return conflictScene(trouble.conflicts);
    if (trouble?.kind === "refused" && trouble.at !== null)
      return { dots: [{ at: trouble.at, look: "bad" }] };
    if (late !== null) return lateScene(late);
    if (mend !== null) return mendScene(mend);
    const at = problem === null ? null : (checked?.problems[problem]?.at ?? null);
    if (at !== null) return { dots: [{ at: pointOf(at), look: "bad" }] };
    if (table !== null && reckoned.impact !== null) return impactScene(reckoned.impact, table);
    return {};
  }, [trouble, problem, late, mend, checked, table, reckoned.impact]);

  const bench = useBench({
    map,
    session,
    chosen,
    besides,
    onChoose: (codes) => {
      setProblem(null);
      setLate(null);
      onChoose(codes);
      if (codes.length > 0) setPanel("grid");
    },
    partOf: w.partOf,
    onSearch: props.onSearch,
    onName: () => {
      setPanel("grid");
      first.current?.select();
    },
  });

  const tool = useTool(bench);
  useEffect(() => {
    if (tool === "road") setPanel("grid");
  }, [tool]);
  const laying = tool === "road" ? bench.work : null;

  return (
    <>
      <DraftHead
        api={api}
        me={me}
        session={session}
        onCheck={check}
        onChanged={props.onChanged}
        onCompare={props.onCompare}
        onExport={props.onExport}
        onClose={props.onClose}
      />
      <BenchView bench={bench} map={map} session={session} editable={editable} chosen={chosen} />
      <aside class="facts-side">
        {newer !== null && (
          <Overtaken
            rebase={rebase}
            newer={newer}
            editable={editable}
            onLook={(one) => {
              setLate(one);
              flyTo(map, one.shapes);
            }}
            onRebased={() => {
              setLate(null);
              props.onRebased();
            }}
          />
        )}
        {trouble?.kind === "conflict" && (
          <Conflicts
            conflicts={trouble.conflicts}
            command={trouble.command}
            nameOf={(code) => session.coverage.grid(code)?.name ?? ""}
            onFly={(conflict) => flyTo(map, [conflict])}
            onTheirs={() => session.trouble.set(null)}
            onMine={() => session.run(trouble.command)}
          />
        )}
        <Tabs
          tabs={panels}
          chosen={panel}
          label={(one) => (
            <>
              {w.panel[one]}
              {one === "problems" && checked !== null && <span class="count">{checked.problems.length}</span>}
            </>
          )}
          onChoose={(one) => setPanel(one)}
        />
        {panel === "grid" && laying !== null && (
          <RoadForm session={session} work={laying} onChoose={onChoose} />
        )}
        {panel === "grid" && laying === null && (
          <GridPanel
            session={session}
            chosen={chosen}
            editable={editable}
            first={first}
            onChoose={onChoose}
            onFly={show}
            onRoad={() => bench.work?.take("road")}
          />
        )}
        {panel === "problems" && (
          <Problems
            checked={checked}
            version={draft.version}
            chosen={problem}
            nameOf={(code) => session.coverage.grid(code)?.name ?? code}
            onCheck={() => void check()}
            onFly={flyToProblem}
          >
            {checked !== null && checked.mends.total > 0 && checked.mends.version === draft.version && (
              <Mends
                list={checked.mends}
                nameOf={(code) => session.coverage.grid(code)?.name ?? code}
                looked={mend?.id ?? null}
                onLook={(id) => {
                  const found = checked.mends.mends.find((one) => one.id === id) ?? null;
                  setProblem(null);
                  setMend(found);
                  if (found !== null) map.look(found.at, 19);
                }}
                onAccept={(ids) => {
                  setMend(null);
                  session.mend(ids);
                }}
              />
            )}
          </Problems>
        )}
        {panel === "log" && (
          <LogPanel
            api={api}
            edition={draft.id}
            version={draft.version}
            state={draft.state}
            onChoose={(codes) => onChoose(codes.filter((code) => session.coverage.grid(code) !== null))}
          />
        )}
      </aside>
      <footer class="below">
        {table !== null && reckoned.impact !== null && (
          <ImpactTable
            impact={reckoned.impact}
            table={table}
            onFly={(at: Position) => map.look(at, 16)}
            onGrid={(code) => {
              const grid = session.coverage.grid(code);
              if (grid === null) return;
              onChoose([code]);
              show(grid);
            }}
          />
        )}
        <ImpactBar reckoned={reckoned} days={days} table={table} onTable={setTable} onDays={setDays} />
      </footer>
    </>
  );
}

function conflictScene(conflicts: readonly Conflict[]): Scene {
  return {
    areas: conflicts.flatMap(({ theirs, yours }) => [
      ...(theirs === null ? [] : [{ boundary: boundaryOf(theirs), look: "theirs" } as const]),
      ...(yours === null ? [] : [{ boundary: boundaryOf(yours), look: "yours" } as const]),
    ]),
  };
}

function lateScene({ shapes, place }: LateCommand): Scene {
  return { ...conflictScene(shapes), dots: place === null ? [] : [{ at: pointOf(place), look: "bad" }] };
}

function mendScene({ geometry, at }: Mend): Scene {
  const boundary = geometry === null ? [] : boundaryOf(geometry);
  if (boundary.length === 0) return { dots: [{ at: pointOf(at), look: "hot" }] };
  return { areas: [{ boundary, look: "gap" }] };
}

function flyTo(map: CityMap, conflicts: readonly Conflict[]): void {
  const shapes = conflicts.flatMap(({ base, theirs, yours }) => [base, theirs, yours]);
  const box = boundsOf(shapes.filter((shape) => shape !== null));
  if (box !== null) map.fit(box, 17);
}
