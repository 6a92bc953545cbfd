import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Camera, Me } from "../api/city";
import type { Api } from "../api/client";
import type { Rule } from "../api/rules";
import type { CameraSetup, Uncovered } from "../api/setup";
import { useWords } from "../i18n/language";
import { useCity } from "../map/useCity";
import { AccountMenu, LanguageSwitch, ThemeSwitch } from "../parts/Account";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { DemoTag } from "../parts/Tags";
import { readHash } from "../state/hash";
import { useAddress, useSlow } from "../state/hooks";
import { usePlaceClasses } from "../state/placeClasses";
import type { Fence } from "../things/fence";
import { AddCamera } from "./AddCamera";
import { CameraList } from "./CameraList";
import { Setup } from "./Setup";
import { type CamerasView, readView, writeView } from "./view";

/** Health is asked for again so often. */
const healthMs = 10_000;

type Chosen =
  | { phase: "none" }
  | { phase: "loading"; id: string }
  | { phase: "failed"; id: string; error: unknown }
  | { phase: "here"; id: string; camera: CameraSetup };

export function Cameras({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const w = words.setup;
  const [view, setView] = useState<CamerasView>(() => readView(readHash(location.hash)));
  const [cameras, setCameras] = useState<readonly Camera[] | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [chosen, setChosen] = useState<Chosen>({ phase: "none" });
  const [viewAt, setViewAt] = useState(0);
  const [spot, setSpot] = useState<Uncovered | null>(null);
  const [fences, setFences] = useState<readonly Fence[]>([]);
  const [rules, setRules] = useState<readonly Rule[]>([]);
  const classes = usePlaceClasses(api);
  const [uncovered, setUncovered] = useState<readonly Uncovered[]>([]);
  const search = useRef<HTMLInputElement>(null);
  const city = useCity(api);
  const slow = useSlow(cameras === null || chosen.phase === "loading");

  const refresh = useCallback(() => {
    api.cameras().then(
      ({ items }) => {
        setTrouble(null);
        setCameras(items);
      },
      (error: unknown) => setTrouble(error),
    );
    // The list is a help beside; without it the page still works.
    api.uncovered().then(setUncovered, console.warn);
  }, [api]);
  const reloadFences = useCallback(async () => {
    setFences((await api.fences()).features);
    api.uncovered().then(setUncovered, console.warn);
  }, [api]);
  const pick = useCallback(
    (id: string) => {
      setChosen({ phase: "loading", id });
      setViewAt(0);
      api.camera(id).then(
        (camera) => setChosen((now) => (isOf(now, id) ? { phase: "here", id, camera } : now)),
        (error: unknown) => setChosen((now) => (isOf(now, id) ? { phase: "failed", id, error } : now)),
      );
    },
    [api],
  );

  useAddress(writeView(view), (hash) => setView(readView(hash)));
  useEffect(() => {
    document.title = `${w.title} · ${words.productLong}`;
  }, [w, words]);
  useEffect(() => {
    refresh();
    reloadFences().catch(console.warn);
    api.rules().then(({ items }) => setRules(items), console.warn);
    const timer = setInterval(refresh, healthMs);
    return () => clearInterval(timer);
  }, [api, refresh, reloadFences]);
  useEffect(() => {
    if (view.camera !== null && !view.adding) pick(view.camera);
    else setChosen({ phase: "none" });
  }, [view.camera, view.adding, pick]);
  useKeys({
    search: () => search.current?.focus(),
    add: () => leave({ adding: true }),
  });

  const unsaved = useRef(false);
  /** Leaves what is on the bench, unless the person would rather save it first. */
  const leave = (to: Partial<CamerasView>): boolean => {
    if (unsaved.current && !confirm(w.leave)) return false;
    setSpot(null);
    setView((before) => ({ ...before, ...to }));
    return true;
  };
  const go = (id: string) => leave({ camera: id, adding: false });
  return (
    <div class={view.camera !== null || view.adding ? "cameras cameras-chosen" : "cameras"}>
      <header class="bar">
        <div class="brand">
          <img src="/mark.svg" width="28" height="28" alt="" />
          <h1>
            {w.title}
            <span class="bar-district">{me.district.name}</span>
          </h1>
          {me.demo && <DemoTag />}
        </div>
        <nav class="bar-nav">
          <a href="/centre/">{words.nav.centre}</a>
          <a href="/rules/">{words.nav.rules}</a>
        </nav>
        <div class="bar-tools">
          <ThemeSwitch />
          <LanguageSwitch />
          <AccountMenu me={me} api={api} />
        </div>
      </header>
      {cameras === null ? (
        <aside class="side cameras-side">
          {trouble === null ? (
            slow && <Skeleton rows={8} height={52} />
          ) : (
            <Failure error={trouble} onRetry={refresh} />
          )}
        </aside>
      ) : (
        <CameraList
          cameras={cameras}
          text={view.text}
          chosen={view.camera}
          search={search}
          uncovered={uncovered}
          classes={classes}
          adding={view.adding}
          onText={(text) => setView((before) => ({ ...before, text }))}
          onCamera={go}
          onAdd={() => leave({ adding: true })}
          onPlace={(place) => {
            const near = nearest(cameras, place.lon, place.lat);
            if (near !== null && leave({ camera: near, adding: false, tab: "fences" })) setSpot(place);
          }}
        />
      )}
      {view.adding && city !== null ? (
        <AddCamera
          api={api}
          city={city}
          cameras={cameras ?? []}
          onStored={(camera) => {
            refresh();
            setView((before) => ({ ...before, camera: camera.id, adding: false, tab: "match" }));
          }}
          onCamera={go}
        />
      ) : chosen.phase === "here" && city !== null ? (
        <Setup
          key={`${chosen.id} ${viewAt}`}
          api={api}
          city={city}
          cameras={cameras ?? []}
          fences={fences}
          rules={rules}
          camera={chosen.camera}
          viewAt={viewAt}
          spot={spot}
          tab={view.tab}
          onTab={(tab) => setView((before) => ({ ...before, tab }))}
          onView={setViewAt}
          onStored={(camera) => {
            setChosen({ phase: "here", id: camera.id, camera });
            refresh();
          }}
          onRemoved={() => {
            setView((before) => ({ ...before, camera: null }));
            refresh();
          }}
          onFences={reloadFences}
          onUnsaved={(now) => {
            unsaved.current = now;
          }}
          onCamera={go}
        />
      ) : (
        <main class="bench bench-empty">
          {chosen.phase === "failed" ? (
            <Failure error={chosen.error} onRetry={() => pick(chosen.id)} />
          ) : chosen.phase === "loading" ? (
            slow && <Skeleton rows={3} height={160} />
          ) : (
            <Empty title={w.pick} hint={w.pickHint} icon="camera" />
          )}
        </main>
      )}
    </div>
  );
}

function isOf(chosen: Chosen, id: string): boolean {
  return chosen.phase !== "none" && chosen.id === id;
}

function nearest(cameras: readonly Camera[], lon: number, lat: number): string | null {
  const far = ({ lon: x, lat: y }: Camera) => Math.hypot((x - lon) * 0.8, y - lat);
  return [...cameras].sort((a, b) => far(a) - far(b))[0]?.id ?? null;
}

function useKeys(keys: { search(): void; add(): void }): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea")) return;
      if (event.key === "/") latest.current.search();
      else if (event.key === "n" || event.key === "N") latest.current.add();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
