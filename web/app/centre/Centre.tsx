import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { mostUrgentFirst, newestFirst } from "../alerts/book";
import { everything, type Filter, matches } from "../alerts/filter";
import type { Live } from "../alerts/live";
import { isOfCamera } from "../alerts/look";
import { useLive } from "../alerts/useLive";
import type { Alert, Me, Verdict } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { readHash } from "../state/hash";
import { useAddress, useNow, useSlow, useValue } from "../state/hooks";
import { AlertList } from "./AlertList";
import { AlertPanel } from "./AlertPanel";
import { CentreMap, type Look } from "./CentreMap";
import { Conditions } from "./Conditions";
import { count } from "./counts";
import { DayBars } from "./DayBars";
import { DwellingNow } from "./Dwelling";
import { Filters } from "./Filters";
import { HeaderBar } from "./HeaderBar";
import { HeldVerdicts } from "./HeldVerdicts";
import { KeyHelp } from "./KeyHelp";
import { useKeys } from "./keyboard";
import { NewsCard, useNews } from "./News";
import { SideTabs } from "./SideTabs";
import { ring } from "./sound";
import { Verdicts } from "./verdicts";
import { type CentreView, readView, type Side, writeView } from "./view";
import { WhyNot } from "./WhyNot";

export function Centre({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const now = useNow();
  const [view, setView] = useState<CentreView>(() => readView(readHash(location.hash)));
  const [cursor, setCursor] = useState<number | null>(view.alert);
  const [help, setHelp] = useState(false);
  const [look, setLook] = useState<Look | null>(null);
  const [news, tellNews, dismissNews] = useNews();
  const search = useRef<HTMLInputElement>(null);

  const live = useLive(api, (alerts) => {
    tellNews(alerts);
    if (!alerts.every(isOfCamera)) ring();
  });
  const verdicts = useVerdicts(api, live);
  const held = useValue(verdicts.held);
  const notes = useValue(verdicts.notes);
  const book = useValue(live.book);
  const cameras = useValue(live.cameras);
  const loading = useValue(live.loading);
  const changes = useValue(live.changes);
  const slow = useSlow(loading.phase === "loading");

  const alerts = useMemo(() => newestFirst(book), [book]);
  const shown = useMemo(
    () => mostUrgentFirst(alerts.filter((alert) => matches(alert, view.filter))),
    [alerts, view.filter],
  );
  const minute = Math.floor(now / 60_000);
  const counts = useMemo(() => count(book, cameras, now), [book, cameras, minute]);

  useAddress(writeView(view), (hash) => {
    const next = readView(hash);
    setView((before) => ({ ...next, map: next.map ?? before.map }));
  });
  useEffect(() => {
    const waiting = counts.waiting > 0 ? `(${counts.waiting}) ` : "";
    document.title = `${waiting}${words.centre.title} · ${words.productLong}`;
  }, [counts.waiting, words]);

  const setFilter = (filter: Filter) => setView((before) => ({ ...before, filter }));
  const open = (id: number | null) => {
    setView((before) => ({ ...before, alert: id }));
    if (id !== null) {
      setCursor(id);
      dismissNews(id);
    }
  };
  const step = (by: 1 | -1) => {
    const at = shown.findIndex(({ id }) => id === cursor);
    const next = shown[at < 0 ? 0 : Math.min(Math.max(0, at + by), shown.length - 1)];
    if (next === undefined) return;
    if (view.alert === null) setCursor(next.id);
    else open(next.id);
  };
  const showSide = (side: Side) => setView((before) => ({ ...before, side, alert: null }));
  const whyNot = (camera: string | null, until: number | null) =>
    setView((before) => ({ ...before, side: "whyNot", alert: null, camera, until }));
  const give = (id: number | null, verdict: Verdict) => {
    if (id !== null && book.byId.has(id)) verdicts.give(id, verdict);
  };
  useKeys({
    move: step,
    open: () => cursor !== null && open(cursor),
    close: () => open(null),
    verdict: (verdict) => view.side === "alerts" && give(view.alert ?? cursor, verdict),
    undo: () => verdicts.undoLast(),
    side: showSide,
    search: () => search.current?.focus(),
    help: () => setHelp(!help),
  });

  return (
    <div class="centre">
      <HeaderBar
        me={me}
        api={api}
        link={useValue(live.link)}
        asOf={useValue(live.asOf)}
        counts={counts}
        phase={view.filter.phase}
        onPhase={(phase) => setFilter({ ...view.filter, phase })}
      />
      <main class="centre-map">
        <CentreMap
          api={api}
          alerts={shown}
          chosen={view.alert === null ? null : (book.byId.get(view.alert) ?? null)}
          cameras={cameras}
          changes={changes}
          ready={loading.phase !== "loading"}
          keepCleared={view.filter.phase === "cleared"}
          view={view.map}
          look={look}
          onWhyNot={(camera) => whyNot(camera, null)}
          onView={(map) => setView((before) => ({ ...before, map }))}
          onOpen={open}
        />
        <NewsCard news={news} onOpen={open} onDismiss={dismissNews} />
      </main>
      <DayBars alerts={alerts} now={minute * 60_000} />
      <aside class="centre-side">
        <SideTabs side={view.side} onSide={showSide} />
        {view.side === "dwelling" && (
          <DwellingNow
            api={api}
            onOpen={open}
            onWhyNot={(camera) => whyNot(camera, null)}
            onSpot={(lon, lat) => setLook({ spot: [lon, lat] })}
          />
        )}
        {view.side === "whyNot" && (
          <WhyNot api={api} cameras={cameras} camera={view.camera} until={view.until} onLook={whyNot} />
        )}
        {view.side === "alerts" && (
          <>
            <Filters
              alerts={alerts}
              filter={view.filter}
              onFilter={setFilter}
              search={search}
              onKeys={() => setHelp(true)}
            />
            <Conditions cameras={cameras} onCamera={(camera) => setLook({ camera })} />
            {loading.phase === "failed" && (
              <Failure error={loading.error} onRetry={() => void live.start()} />
            )}
            {loading.phase === "loading" && slow && <Skeleton rows={6} height={72} />}
            {loading.phase === "ready" &&
              (shown.length > 0 ? (
                <AlertList alerts={shown} chosen={cursor} fresh={freshIds(news)} held={held} onOpen={open} />
              ) : (
                <Nothing filtered={alerts.length > 0} onReset={() => setFilter(everything)} />
              ))}
          </>
        )}
      </aside>
      {view.alert !== null && (
        <AlertPanel
          key="panel"
          api={api}
          id={view.alert}
          known={book.byId.get(view.alert)}
          held={held.get(view.alert)?.verdict ?? null}
          note={notes.get(view.alert) ?? ""}
          onVerdict={(verdict) => give(view.alert, verdict)}
          onNote={(text) => view.alert !== null && verdicts.note(view.alert, text)}
          onWhyNot={whyNot}
          onClose={() => open(null)}
          onTook={(alert) => live.took(alert)}
          onShown={(id, seq) => live.opened(id, seq)}
        />
      )}
      <HeldVerdicts verdicts={verdicts} byId={book.byId} />
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
}

/** The verdicts given on this screen. They are sent before the page goes away. */
function useVerdicts(api: Api, live: Live): Verdicts {
  const verdicts = useMemo(() => new Verdicts(api, (alert) => live.took(alert)), [api, live]);
  useEffect(() => {
    const leave = () => verdicts.flush();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [verdicts]);
  return verdicts;
}

function Nothing({ filtered, onReset }: { filtered: boolean; onReset(): void }) {
  const w = useWords().centre;
  if (!filtered) return <Empty title={w.emptyTitle} hint={w.emptyHint} icon="bell" />;
  return (
    <Empty title={w.emptyFiltered} hint={w.emptyFilteredHint} icon="search">
      <button type="button" class="button" onClick={onReset}>
        {w.resetFilter}
      </button>
    </Empty>
  );
}

function freshIds(news: readonly Alert[]): ReadonlySet<number> {
  return new Set(news.map(({ id }) => id));
}
