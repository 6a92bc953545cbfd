import type { Position } from "geojson";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Camera, Edition, Grid, Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { calendarDate } from "../i18n/time";
import type { CityMap } from "../map/CityMap";
import { MapView } from "../map/MapView";
import { boundsOf } from "../map/measure";
import { AccountMenu, LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Failure, Skeleton } from "../parts/Notice";
import { DemoTag } from "../parts/Tags";
import { readHash } from "../state/hash";
import { useAddress, useSlow } from "../state/hooks";
import { GridCard, type Located, LocatedCard, NothingChosen } from "./Cards";
import { LayerSwitches, MapTools } from "./MapTools";
import { allGrids, useNets } from "./nets";
import { Editions, Search } from "./Side";
import { find } from "./search";
import { momentOf, type PlannerView, readView, writeView } from "./view";

export function Planner({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const [view, setView] = useState<PlannerView>(() => readView(readHash(location.hash)));
  const [map, setMap] = useState<CityMap | null>(null);
  const [locating, setLocating] = useState(false);
  const [located, setLocated] = useState<Located | null>(null);
  const [editions, setEditions] = useState<readonly Edition[]>([]);
  const [cameras, setCameras] = useState<readonly Camera[]>([]);
  const search = useRef<HTMLInputElement>(null);

  const at = useMemo(() => momentOf(view.day), [view.day]);
  const [nets, reload] = useNets(api, at);
  const slow = useSlow(nets.phase === "loading");
  const grids = useMemo(() => allGrids(nets), [nets]);
  const hits = useMemo(() => find(grids, view.text), [grids, view.text]);
  const chosen = grids.find(({ properties }) => properties.code === view.grid) ?? null;
  const bounds = useMemo(() => boundsOf(grids.map(({ geometry }) => geometry)), [grids]);
  const moment = at === undefined ? Date.now() : Date.parse(at);

  useAddress(writeView(view), (hash) => {
    const next = readView(hash);
    setView((before) => ({ ...next, map: next.map ?? before.map }));
  });
  useEffect(() => {
    document.title = `${words.planner.title} · ${words.productLong}`;
  }, [words]);
  useEffect(() => {
    // Without them the map still shows both nets; the card of a grid does not need them.
    api.editions().then(({ items }) => setEditions(items), console.warn);
    api.cameras().then(({ items }) => setCameras(items), console.warn);
  }, [api]);
  useEffect(() => map?.asOf(at), [map, at]);
  useEffect(() => map?.showNames(grids), [map, grids]);
  useEffect(() => map?.showCameras(cameras), [map, cameras]);
  useEffect(() => map?.chooseGrid(view.grid), [map, view.grid]);
  useEffect(() => map?.showSpot(located?.at ?? null), [map, located?.at]);

  const choose = (grid: Grid | null, fly: boolean) => {
    setLocated(null);
    setView((before) => ({ ...before, grid: grid?.properties.code ?? null }));
    const box = grid === null ? null : boundsOf([grid.geometry]);
    if (fly && box !== null) map?.fit(box, 15);
  };
  const locate = (spot: Position) => {
    const [lon = 0, lat = 0] = spot;
    setView((before) => ({ ...before, grid: null }));
    setLocated({ phase: "loading", at: spot });
    const still = (now: Located | null) => now?.at === spot;
    api.locate(lon, lat, at).then(
      (place) => setLocated((now) => (still(now) ? { phase: "found", at: spot, place } : now)),
      (error: unknown) => setLocated((now) => (still(now) ? { phase: "failed", at: spot, error } : now)),
    );
  };
  usePlannerKeys({
    search: () => search.current?.focus(),
    locate: () => setLocating(!locating),
    close: () => {
      setLocating(false);
      choose(null, false);
    },
  });

  return (
    <div class="planner">
      <header class="bar">
        <div class="brand">
          <img src="/mark.svg" width="28" height="28" alt="" />
          <h1>
            {words.planner.title}
            <span class="bar-district">{me.district.name}</span>
          </h1>
          {me.demo && <DemoTag />}
        </div>
        <span class="read-only" title={words.planner.readOnlyHint}>
          {words.planner.readOnly}
        </span>
        <DayPicker day={view.day} onDay={(day) => setView((before) => ({ ...before, day }))} />
        <div class="bar-tools">
          <ThemeSwitch />
          <LanguageSwitch />
          <AccountMenu me={me} api={api} />
        </div>
      </header>
      <aside class="side">
        <Editions
          editions={editions}
          at={moment}
          onDay={(day) => setView((before) => ({ ...before, day }))}
        />
        <LayerSwitches map={map} />
        {nets.phase === "failed" && <Failure error={nets.error} onRetry={reload} />}
        {grids.length === 0 && nets.phase === "loading" ? (
          slow && <Skeleton rows={8} height={44} />
        ) : (
          <Search
            grids={hits}
            text={view.text}
            chosen={view.grid}
            search={search}
            onText={(text) => setView((before) => ({ ...before, text }))}
            onGrid={(grid) => choose(grid, true)}
          />
        )}
      </aside>
      <main class={locating ? "planner-map planner-locating" : "planner-map"}>
        {(bounds !== null || nets.phase !== "loading") && (
          <MapView
            view={view.map}
            bounds={bounds ?? [112, 30, 122, 41]}
            onMap={setMap}
            onMove={(to) => setView((before) => ({ ...before, map: to }))}
            onClick={(spot) => locating && locate(spot)}
            onGrid={({ code, net }) => {
              if (locating) return;
              choose(grids.find(({ properties: p }) => p.code === code && p.net === net) ?? null, false);
            }}
          />
        )}
        {map !== null && (
          <MapTools map={map} bounds={bounds} locating={locating} onLocating={() => setLocating(!locating)} />
        )}
        {nets.phase === "ready" && grids.length === 0 && view.day !== null && (
          <p class="planner-note">{words.planner.noEdition}</p>
        )}
        {locating && <p class="planner-note">{words.planner.locateHint}</p>}
      </main>
      <aside class="facts-side" aria-live="polite">
        {located !== null ? (
          <LocatedCard
            located={located}
            onRetry={() => locate(located.at)}
            onGrid={(code, net) =>
              choose(grids.find(({ properties: p }) => p.code === code && p.net === net) ?? null, false)
            }
            onClose={() => setLocated(null)}
          />
        ) : chosen !== null ? (
          <GridCard
            grid={chosen}
            edition={editions.find(({ id }) => id === chosen.properties.edition) ?? null}
            onClose={() => choose(null, false)}
          />
        ) : (
          <NothingChosen />
        )}
      </aside>
    </div>
  );
}

function DayPicker({ day, onDay }: { day: string | null; onDay(day: string | null): void }) {
  const words = useWords();
  const today = calendarDate(Date.now());
  return (
    <div class="day-picker">
      <label for="day">{words.planner.asOf}</label>
      <input
        id="day"
        type="date"
        value={day ?? today}
        onChange={(event) =>
          onDay(["", today].includes(event.currentTarget.value) ? null : event.currentTarget.value)
        }
      />
      {day !== null && (
        <button type="button" class="button" onClick={() => onDay(null)}>
          {words.planner.today}
        </button>
      )}
    </div>
  );
}

interface Keys {
  search(): void;
  locate(): void;
  close(): void;
}

function usePlannerKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
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
  }, []);
}
