import { useEffect, useRef, useState } from "preact/hooks";
import { dwellS, matterOf, stageOf } from "../alerts/look";
import { matterName, place, spotName } from "../alerts/sentence";
import type { Alert, Verdict } from "../api/city";
import { useWords } from "../i18n/language";
import { ago, clockTime, exactTime, shortSpan } from "../i18n/time";
import { AlertMark } from "../parts/Mark";
import { ComposedTag } from "../parts/Tags";
import { ReviewOnlyTag, VerdictChip } from "../parts/Verdict";
import { useNow } from "../state/hooks";

interface Props {
  alerts: readonly Alert[];
  /** The row that ↑ and ↓ stand on. */
  chosen: number | null;
  fresh: ReadonlySet<number>;
  /** Verdicts that are not saved yet. */
  held: ReadonlyMap<number, { verdict: Verdict }>;
  onOpen(id: number): void;
}

const rowHeight = 88;
/** Rows drawn above and below what is in sight. */
const spare = 4;

/** The alerts as a list; however many there are, only those in sight are drawn. */
export function AlertList({ alerts, chosen, fresh, held, onOpen }: Props) {
  const words = useWords();
  const now = useNow();
  const box = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ top: 0, height: 900 });

  useEffect(() => {
    const list = box.current;
    if (list === null) return;
    const measure = () => setRange({ top: list.scrollTop, height: list.clientHeight });
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(list);
    list.addEventListener("scroll", measure, { passive: true });
    return () => {
      watcher.disconnect();
      list.removeEventListener("scroll", measure);
    };
  }, []);

  useEffect(() => {
    const list = box.current;
    const row = alerts.findIndex(({ id }) => id === chosen);
    if (list === null || row < 0) return;
    const top = row * rowHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + rowHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = top + rowHeight - list.clientHeight;
  }, [chosen]);

  const from = Math.max(0, Math.floor(range.top / rowHeight) - spare);
  const to = Math.min(alerts.length, Math.ceil((range.top + range.height) / rowHeight) + spare);
  return (
    <div class="list" ref={box} role="listbox" aria-label={words.centre.shown(alerts.length)} tabIndex={-1}>
      <div style={{ height: `${alerts.length * rowHeight}px` }}>
        {alerts.slice(from, to).map((alert, i) => (
          <Row
            key={alert.id}
            alert={alert}
            now={now}
            top={(from + i) * rowHeight}
            chosen={alert.id === chosen}
            fresh={fresh.has(alert.id)}
            held={held.get(alert.id)?.verdict ?? null}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  alert: Alert;
  now: number;
  top: number;
  chosen: boolean;
  fresh: boolean;
  held: Verdict | null;
  onOpen(id: number): void;
}

function Row({ alert, now, top, chosen, fresh, held, onOpen }: RowProps) {
  const words = useWords();
  const stage = stageOf(alert);
  const span = shortSpan(words, dwellS(alert, now));
  const raised = Date.parse(alert.raised_at);
  const verdict = held ?? alert.verdict?.verdict ?? null;
  return (
    <button
      type="button"
      role="option"
      aria-selected={chosen}
      data-alert={alert.id}
      class={`row row-${stage}${fresh ? " row-fresh" : ""}`}
      style={{ transform: `translateY(${top}px)`, "--hue": `var(--${matterOf(alert)})` }}
      onClick={() => onOpen(alert.id)}
    >
      <span class="row-mark">
        <AlertMark alert={alert} size={alert.state === "escalated" && stage !== "cleared" ? 38 : 30} />
      </span>
      <span class="row-what">
        <span>{matterName(alert, words)}</span>
        {verdict !== null && <VerdictChip verdict={verdict} held={held !== null} />}
        {alert.review_only && <ReviewOnlyTag />}
      </span>
      <span class="row-when" title={exactTime(raised)}>
        {ago(words, raised, now)} · {clockTime(raised, now)}
      </span>
      <span class="row-where">{place(alert)}</span>
      <span class={`stage stage-${stage}`}>{words.stage[stage]}</span>
      <span class="row-fence">
        <span>{spotName(alert)}</span>
        {alert.composed && <ComposedTag />}
      </span>
      <span class="row-span">
        {alert.cleared_at === null ? words.time.lasting(span) : words.time.lasted(span)}
      </span>
    </button>
  );
}
