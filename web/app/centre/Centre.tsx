import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { mostUrgentFirst, newestFirst } from "../alerts/book";
import { everything, type Filter, matches } from "../alerts/filter";
import { useLive } from "../alerts/useLive";
import type { Alert, Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { readHash, replaceHash } from "../state/hash";
import { useAddress, useNow, useSlow, useValue } from "../state/hooks";
import { AlertList } from "./AlertList";
import { AlertPanel } from "./AlertPanel";
import { CentreMap } from "./CentreMap";
import { count } from "./counts";
import { DayBars } from "./DayBars";
import { Filters } from "./Filters";
import { HeaderBar } from "./HeaderBar";
import { KeyHelp } from "./KeyHelp";
import { useKeys } from "./keyboard";
import { NewsCard, useNews } from "./News";
import { ring } from "./sound";
import { type CentreView, readView, writeView } from "./view";

export function Centre({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const now = useNow();
  const [view, setView] = useState<CentreView>(() => readView(readHash(location.hash)));
  const [cursor, setCursor] = useState<number | null>(view.alert);
  const [help, setHelp] = useState(false);
  const [news, tellNews, dismissNews] = useNews();
  const search = useRef<HTMLInputElement>(null);

  const live = useLive(api, (alerts) => {
    tellNews(alerts);
    ring();
  });
  const book = useValue(live.book);
  const cameras = useValue(live.cameras);
  const loading = useValue(live.loading);
  const slow = useSlow(loading.phase === "loading");

  const alerts = useMemo(() => newestFirst(book), [book]);
  const shown = useMemo(
    () => mostUrgentFirst(alerts.filter((alert) => matches(alert, view.filter))),
    [alerts, view.filter],
  );
  const minute = Math.floor(now / 60_000);
  const counts = useMemo(() => count(book, cameras, now), [book, cameras, minute]);

  useEffect(() => replaceHash(writeView(view)), [view]);
  useAddress((hash) => {
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
  useKeys({
    move: step,
    open: () => cursor !== null && open(cursor),
    close: () => open(null),
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
          ready={loading.phase !== "loading"}
          keepCleared={view.filter.phase === "cleared"}
          view={view.map}
          onView={(map) => setView((before) => ({ ...before, map }))}
          onOpen={open}
        />
        <NewsCard news={news} onOpen={open} onDismiss={dismissNews} />
      </main>
      <DayBars alerts={alerts} now={minute * 60_000} />
      <aside class="centre-side">
        <Filters
          alerts={alerts}
          filter={view.filter}
          onFilter={setFilter}
          search={search}
          onKeys={() => setHelp(true)}
        />
        {loading.phase === "failed" && <Failure error={loading.error} onRetry={() => void live.start()} />}
        {loading.phase === "loading" && slow && <Skeleton rows={6} height={72} />}
        {loading.phase === "ready" &&
          (shown.length > 0 ? (
            <AlertList alerts={shown} chosen={cursor} fresh={freshIds(news)} onOpen={open} />
          ) : (
            <Nothing filtered={alerts.length > 0} onReset={() => setFilter(everything)} />
          ))}
      </aside>
      {view.alert !== null && (
        <AlertPanel
          key="panel"
          api={api}
          id={view.alert}
          known={book.byId.get(view.alert)}
          onClose={() => open(null)}
          onTook={(alert) => live.took(alert)}
          onShown={(id, seq) => live.opened(id, seq)}
        />
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
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
