import { useEffect, useMemo, useState } from "preact/hooks";
import { newestFirst } from "../alerts/book";
import { isOfCamera } from "../alerts/look";
import { useLive } from "../alerts/useLive";
import type { Me } from "../api/city";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { Icon, type IconName } from "../parts/Icon";
import { LinkDot } from "../parts/LinkDot";
import { DemoTag } from "../parts/Tags";
import { readHash, writeHash } from "../state/hash";
import { useFollowing, useValue } from "../state/hooks";
import { AlertCards } from "./AlertCards";
import { AlertPage } from "./AlertPage";
import { MePage } from "./MePage";
import { OfficerMap } from "./OfficerMap";
import { workOffline } from "./offline";
import { Outbox } from "./outbox";
import { PendingBar } from "./PendingBar";
import { usePosition } from "./position";
import { deviceShelf } from "./shelf";
import { vibrate } from "./vibration";
import { type OfficerView, readView, type Tab, tabs, writeView } from "./view";

const tabIcon: Record<Tab, IconName> = { alerts: "bell", map: "map", me: "user" };

export function Officer({ api, me }: { api: Api; me: Me }) {
  const words = useWords();
  const [view, go] = useView();
  const live = useLive(
    api,
    (news) => {
      if (!news.every(isOfCamera)) vibrate(); // A camera in trouble is to know of, not to run to.
    },
    true,
  );
  const book = useValue(live.book);
  const link = useValue(live.link);
  const loading = useValue(live.loading);
  const changes = useValue(live.changes);
  const where = usePosition();
  const outbox = useMemo(
    () => new Outbox(api, deviceShelf(me.id), (alert) => live.took(alert)),
    [api, live, me.id],
  );

  const alerts = useMemo(() => newestFirst(book), [book]);
  const open = alerts.filter((alert) => alert.state !== "cleared").length;

  useEffect(() => {
    void outbox.open();
    const leaving = () => {
      if (document.hidden) void outbox.flush();
    };
    document.addEventListener("visibilitychange", leaving);
    return () => document.removeEventListener("visibilitychange", leaving);
  }, [outbox]);
  useEffect(() => {
    if (link === "live") void outbox.sendAll();
  }, [link, outbox]);
  useEffect(() => {
    if (loading.phase === "ready") void workOffline().catch(() => {}); // It works online all the same.
  }, [loading.phase]);
  useEffect(() => {
    const tell = () => {
      if (!document.hidden && view.tab === "alerts" && view.alert === null) live.shown(book.byId.keys());
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [live, book, view]);
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ""}${words.officer.title} · ${words.product}`;
  }, [open, words]);

  if (view.alert !== null) {
    return (
      <AlertPage
        api={api}
        id={view.alert}
        known={book.byId.get(view.alert)}
        outbox={outbox}
        link={link}
        asOf={live.asOf.get()}
        at={where.at}
        onBack={() => go({ ...view, alert: null })}
        onOpened={(id, seq) => live.opened(id, seq)}
      />
    );
  }
  return (
    <div class="phone">
      <header class="phone-head">
        <h1>
          {view.tab === "alerts" ? words.officer.title : words.officer.tab[view.tab]}
          {view.tab === "alerts" && open > 0 && <span class="phone-count">{open}</span>}
        </h1>
        {me.demo && <DemoTag />}
        <LinkDot state={link} asOf={live.asOf.get()} />
      </header>
      <main class={`phone-body phone-${view.tab}`}>
        {view.tab === "alerts" && (
          <AlertCards
            alerts={alerts}
            me={me}
            loading={loading}
            outbox={outbox}
            at={where.at}
            onOpen={(id) => go({ ...view, alert: id })}
            onRetry={() => void live.start()}
          />
        )}
        {view.tab === "map" && (
          <OfficerMap
            api={api}
            alerts={alerts}
            at={where.at}
            changes={changes}
            onOpen={(id) => go({ ...view, alert: id })}
          />
        )}
        {view.tab === "me" && <MePage api={api} me={me} denied={where.denied} />}
      </main>
      <PendingBar outbox={outbox} link={link} />
      <nav class="tabs" aria-label={words.product}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            class="tab"
            aria-current={view.tab === tab ? "page" : undefined}
            onClick={() => go({ tab, alert: null })}
          >
            <Icon name={tabIcon[tab]} size={22} />
            {words.officer.tab[tab]}
          </button>
        ))}
      </nav>
    </div>
  );
}

/** The view follows the address, so that the phone's back button works. */
function useView(): [OfficerView, (view: OfficerView) => void] {
  const [view, setView] = useState<OfficerView>(() => readView(readHash(location.hash)));
  useFollowing((hash) => setView(readView(hash)));
  const go = (next: OfficerView) => {
    const hash = writeHash(writeView(next));
    if (hash !== location.hash) history.pushState(null, "", `${location.pathname}${hash}`);
    setView(next);
  };
  return [view, go];
}
