import type { Geometry, Position } from "geojson";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Camera, Grid, Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import type { CityMap } from "../map/CityMap";
import { MapView } from "../map/MapView";
import { type Bounds, boundsOf } from "../map/measure";
import { type ThingKind, thingKinds } from "../map/things";
import { Failure, Skeleton } from "../parts/Notice";
import { readHash } from "../state/hash";
import { useAddress, useSlow, useValue } from "../state/hooks";
import { Value } from "../state/value";
import { BeatSide } from "./beats/BeatSide";
import { useBeats } from "./beats/useBeats";
import { GridCard, type Located, LocatedCard, NothingChosen } from "./Cards";
import { Compare } from "./compare/Compare";
import { Editor } from "./draft/Editor";
import { useSession } from "./draft/useSession";
import type { BenchState } from "./drawn/DrawnBench";
import { DrawnDesk } from "./drawn/DrawnDesk";
import { DrawnList } from "./drawn/DrawnList";
import { matching, type Row, rowsOf } from "./drawn/rows";
import { type Hand, type Things, useThingLayers, useThings } from "./drawn/useThings";
import { EditionList } from "./EditionList";
import { ExportDialog } from "./files/ExportDialog";
import { ImportDialog } from "./files/ImportDialog";
import { LayerMenu } from "./LayerMenu";
import { MapTools } from "./MapTools";
import { allGrids, useNets } from "./nets";
import { PlannerBar } from "./PlannerBar";
import { Search } from "./Search";
import { SideTabs } from "./SideTabs";
import { find } from "./search";
import { useEditions } from "./useEditions";
import { usePlannerKeys } from "./usePlannerKeys";
import { momentOf, type PlannerView, readView, writeView } from "./view";

/** Of no session: it never rises. */
const still = new Value(0);

/** The planner's page: what holds on a day, or one edition that is open. */
export function Planner({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const [view, setView] = useState<PlannerView>(() => readView(readHash(location.hash)));
  const put = (change: Partial<PlannerView>) => setView((before) => ({ ...before, ...change }));
  const [map, setMap] = useState<CityMap | null>(null);
  const [side, setSide] = useState(false);
  const [locating, setLocating] = useState(false);
  const [located, setLocated] = useState<Located | null>(null);
  const [cameras, setCameras] = useState<readonly Camera[]>([]);
  const [several, setSeveral] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<"import" | "export" | null>(null);
  const [making, setMaking] = useState(0);
  const [hand, setHand] = useState<Hand | null>(null);
  const bench = useRef<BenchState>("idle");
  const search = useRef<HTMLInputElement>(null);

  const at = useMemo(() => momentOf(view.day), [view.day]);
  const [nets, reload] = useNets(api, at);
  const opened = useSession(api, view.edition, me.role === "administrator");
  const session = opened.phase === "open" ? opened.session : null;
  const [editions, askEditions] = useEditions(api, session, ({ net, bound }) => {
    reload();
    map?.changed(net, bound as Bounds | null);
  });
  const beats = useBeats(api, session === null ? map : null, view.tab === "beats");
  const city = useThings(api);
  const kind = thingKinds.find((one) => one === view.tab) ?? null;
  /** Fences, permits and places are drawn while no edition is open. */
  const drawing = session === null && opened.phase !== "loading" && kind !== null;
  const slow = useSlow(nets.phase === "loading" || opened.phase === "loading");
  const standing = useMemo(() => allGrids(nets), [nets]);
  const turn = useValue(session?.turn ?? still);
  // The grids of a session are others after each turn.
  const grids = useMemo(() => session?.features() ?? standing, [session, turn, standing]);
  const hits = useMemo(() => find(grids, view.text), [grids, view.text]);
  const others = useMemo(
    () =>
      city.things === null || view.text.trim() === ""
        ? []
        : thingKinds.flatMap((one) =>
            matching(rowsOf(one, city.things as Things, words, Date.now()), view.text),
          ),
    [city.things, view.text, words],
  );
  const chosen = session === null ? (view.grid === null ? [] : [view.grid]) : several;
  const chosenGrid = standing.find(({ properties }) => properties.code === view.grid) ?? null;
  const bounds = useMemo(() => boundsOf(standing.map(({ geometry }) => geometry)), [standing]);
  const moment = at === undefined ? Date.now() : Date.parse(at);

  useAddress(writeView(view), (hash) => {
    const next = readView(hash);
    setView((before) => ({ ...next, map: next.map ?? before.map }));
  });
  useEffect(() => {
    document.title = `${words.planner.title} · ${words.productLong}`;
  }, [words]);
  useEffect(() => {
    // Without them the map still shows both nets.
    api.cameras().then(({ items }) => setCameras(items), console.warn);
  }, [api]);
  useEffect(() => map?.asOf(at), [map, at]);
  useEffect(() => map?.showNames(standing), [map, standing]);
  useEffect(() => map?.showCameras(cameras), [map, cameras]);
  useEffect(() => map?.chooseGrid(session === null ? view.grid : null), [map, session, view.grid]);
  useThingLayers(map, city.things, at, hand);
  useEffect(() => map?.lightGrids(!drawing), [map, drawing]);
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      if (bench.current !== "idle") event.preventDefault();
    };
    addEventListener("beforeunload", leave);
    return () => removeEventListener("beforeunload", leave);
  }, []);
  useEffect(() => map?.showSpot(located?.at ?? null), [map, located?.at]);

  /** Does what leaves the thing in hand, unless the person would rather save it first. */
  const leave = (go: () => void) => {
    if (bench.current !== "idle" && !confirm(words.setup.leave)) return;
    go();
  };
  const pick = (tab: ThingKind, id: string) => leave(() => put({ tab, thing: id }));
  const goToThing = ({ kind: tab, id, shape }: Row) =>
    leave(() => {
      put({ tab, thing: id });
      setSide(false);
      const box = boundsOf(shape === null ? [] : [shape]);
      if (box !== null) map?.fit(box, 18);
    });
  const make = () =>
    leave(() => {
      setSide(false);
      put({ thing: null });
      setMaking((n) => n + 1);
    });
  const choose = (codes: readonly string[]) => {
    setLocated(null);
    setSeveral(codes);
    put({ grid: codes[0] ?? null });
  };
  const goTo = (grid: Grid) => {
    choose([grid.properties.code]);
    setSide(false);
    const box = boundsOf([grid.geometry]);
    if (box !== null) map?.fit(box, 16);
  };
  const fly = (shapes: readonly Geometry[]) => {
    const box = boundsOf(shapes);
    if (box !== null) map?.fit(box, 18);
  };
  const locate = (spot: Position) => {
    const [lon = 0, lat = 0] = spot;
    put({ grid: null });
    setLocated({ phase: "loading", at: spot });
    const still = (now: Located | null) => now?.at === spot;
    api.locate(lon, lat, at).then(
      (place) => setLocated((now) => (still(now) ? { phase: "found", at: spot, place } : now)),
      (error: unknown) => setLocated((now) => (still(now) ? { phase: "failed", at: spot, error } : now)),
    );
  };
  const open = (edition: number | null) => {
    setLocated(null);
    setLocating(false);
    setSeveral([]);
    setSide(false);
    put({ edition, compare: null, grid: null });
  };
  usePlannerKeys(session === null, {
    search: () => search.current?.focus(),
    locate: () => !drawing && setLocating(!locating),
    close: () => {
      setLocating(false);
      choose([]);
    },
  });

  return (
    <div class={session === null ? "planner" : "planner planner-open"} data-side={side ? "open" : "shut"}>
      <PlannerBar
        api={api}
        me={me}
        day={view.day}
        draft={view.edition}
        onDay={(day) => put({ day })}
        onSide={() => setSide(!side)}
      />
      <aside class="side">
        <SideTabs
          tab={view.tab}
          onTab={(tab) => tab !== view.tab && leave(() => put({ tab, thing: null }))}
        />
        {view.tab === "grids" ? (
          <>
            <EditionList
              editions={editions}
              at={moment}
              open={view.edition}
              onOpen={open}
              onDay={(day) => {
                open(null);
                put({ day });
              }}
              onNew={async (net, title, from) => {
                const draft = await api.newDraft(net, title, from);
                askEditions();
                open(draft.id);
              }}
              onImport={() => setAsked("import")}
            />
            {nets.phase === "failed" && <Failure error={nets.error} onRetry={reload} />}
            {opened.phase === "failed" && <Failure error={opened.error} onRetry={opened.retry} />}
            {grids.length === 0 && nets.phase === "loading" ? (
              slow && <Skeleton rows={8} height={44} />
            ) : (
              <Search
                grids={hits}
                text={view.text}
                chosen={chosen}
                search={search}
                onText={(text) => put({ text })}
                onGrid={goTo}
                things={others}
                onThing={goToThing}
              />
            )}
          </>
        ) : view.tab === "beats" ? (
          <BeatSide api={api} beats={beats} grids={standing} onFly={fly} onChanged={reload} />
        ) : kind !== null ? (
          <DrawnList
            kind={kind}
            city={city}
            text={view.text}
            chosen={view.thing}
            search={search}
            onText={(text) => put({ text })}
            onRow={goToThing}
            onMake={drawing ? make : null}
          />
        ) : null}
      </aside>
      <main class={locating ? "planner-map planner-locating" : "planner-map"}>
        {(bounds !== null || nets.phase !== "loading") && (
          <MapView
            view={view.map}
            bounds={bounds ?? [112, 30, 122, 41]}
            onMap={setMap}
            onMove={(to) => put({ map: to })}
            onClick={(spot) => locating && locate(spot)}
            onThing={(one, id) => {
              if (session !== null || locating) return false;
              if (bench.current === "drawing") return true;
              if (one !== kind && one !== "places") return false;
              pick(one, id);
              return true;
            }}
            onGrid={(grid) => {
              if (session !== null || locating || drawing || beats.click(grid)) return;
              choose([grid.code]);
            }}
          />
        )}
        {map !== null && (
          <>
            <MapTools
              map={map}
              bounds={bounds}
              locating={locating}
              onLocating={session === null && !drawing ? () => setLocating(!locating) : null}
            />
            <LayerMenu api={api} map={map} classes={city.things?.classes ?? []} />
            {view.compare !== null && (
              <Compare
                api={api}
                map={map}
                title={session?.draft.get().title ?? words.planner.asOfDay(view.day ?? words.planner.today)}
                other={editions.find(({ id }) => id === view.compare) ?? null}
                editions={editions.filter(
                  ({ id, net }) =>
                    id !== view.edition && (session === null || net === session.draft.get().net),
                )}
                onOther={(compare) => put({ compare })}
                onClose={() => put({ compare: null })}
              />
            )}
          </>
        )}
        {nets.phase === "ready" && standing.length === 0 && view.day !== null && (
          <p class="planner-note">{words.planner.noEdition}</p>
        )}
        {locating && <p class="planner-note">{words.planner.locateHint}</p>}
      </main>
      {session !== null && map !== null ? (
        <Editor
          key={view.edition}
          api={api}
          me={me}
          map={map}
          session={session}
          newer={editions.find(({ id }) => id === view.edition)?.newer ?? null}
          chosen={several}
          onChoose={choose}
          onSearch={() => search.current?.focus()}
          onChanged={() => {
            askEditions();
            reload();
          }}
          onRebased={() => {
            askEditions();
            if (opened.phase === "open") opened.reopen();
          }}
          onCompare={() => put({ compare: view.compare === null ? session.draft.get().base : null })}
          onExport={() => setAsked("export")}
          onClose={() => open(null)}
        />
      ) : drawing && map !== null ? (
        <DrawnDesk
          api={api}
          map={map}
          kind={kind}
          city={city}
          chosen={view.thing}
          making={making}
          onChoose={(thing) => put({ thing })}
          onMake={make}
          onHand={setHand}
          onState={(state) => {
            bench.current = state;
          }}
        />
      ) : (
        <aside class="facts-side" aria-live="polite">
          {located !== null ? (
            <LocatedCard
              api={api}
              located={located}
              onRetry={() => locate(located.at)}
              onGrid={(code) => choose([code])}
              onClose={() => setLocated(null)}
            />
          ) : chosenGrid !== null ? (
            <GridCard
              grid={chosenGrid}
              edition={editions.find(({ id }) => id === chosenGrid.properties.edition) ?? null}
              onClose={() => choose([])}
            />
          ) : (
            <NothingChosen />
          )}
        </aside>
      )}
      {asked === "import" && (
        <ImportDialog
          api={api}
          onClose={() => setAsked(null)}
          onOpen={(id) => {
            setAsked(null);
            askEditions();
            open(id);
          }}
        />
      )}
      {asked === "export" && session !== null && (
        <ExportDialog edition={session.draft.get()} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}
