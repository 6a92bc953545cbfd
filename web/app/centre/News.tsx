import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { matterOf } from "../alerts/look";
import { matterName, place, spotName } from "../alerts/sentence";
import type { Alert } from "../api/city";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { AlertMark } from "../parts/Mark";

const shownMs = 10_000;
const mostNews = 20;

/** What was raised while the operator looked on, newest first; each stays for ten seconds or until it is opened. */
export function useNews(): [readonly Alert[], (alerts: Alert[]) => void, (id: number) => void] {
  const [news, setNews] = useState<readonly Alert[]>([]);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  const dismiss = useCallback((id: number) => setNews((now) => now.filter((alert) => alert.id !== id)), []);
  const tell = useCallback((alerts: Alert[]) => {
    const ids = new Set(alerts.map(({ id }) => id));
    setNews((now) => [...alerts, ...now.filter(({ id }) => !ids.has(id))].slice(0, mostNews));
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setNews((now) => now.filter(({ id }) => !ids.has(id)));
    }, shownMs);
    timers.current.add(timer);
  }, []);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);
  return [news, tell, dismiss];
}

/** The newest alert over the map, in its matter's colour. */
export function NewsCard({
  news,
  onOpen,
  onDismiss,
}: {
  news: readonly Alert[];
  onOpen(id: number): void;
  onDismiss(id: number): void;
}) {
  const words = useWords();
  const alert = news[0];
  return (
    <div class="news" role="status" aria-live="assertive">
      {alert !== undefined && (
        <div
          key={`${alert.id} ${alert.state}`}
          class="news-card"
          style={{ "--hue": `var(--${matterOf(alert)})` }}
        >
          <button type="button" class="news-open" onClick={() => onOpen(alert.id)}>
            <AlertMark alert={alert} size={30} />
            <span class="news-what">
              {words.centre.newAlert} · {matterName(alert, words)}
              {news.length > 1 && <span class="news-more">+{news.length - 1}</span>}
            </span>
            <span class="news-where">
              {place(alert)} · {spotName(alert)}
            </span>
          </button>
          <button type="button" class="tool" onClick={() => onDismiss(alert.id)} aria-label={words.close}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}
