import { explain } from "../api/explain";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import type { LinkState } from "../push/link";
import { useNow, useValue } from "../state/hooks";
import { holdMs, type Item, type Outbox, type Refusal } from "./outbox";

/** What is on its way: what can still be undone, what waits on this phone for a network, and what was refused. */
export function PendingBar({ outbox, link }: { outbox: Outbox; link: LinkState }) {
  const now = useNow();
  const items = useValue(outbox.items);
  const refused = useValue(outbox.refused);
  const held = items.filter((item) => item.until > now).at(-1);
  const waiting = items.filter((item) => item.until <= now).length;
  return (
    <>
      {refused.map((refusal) => (
        <Refused key={refusal.item.key} refusal={refusal} outbox={outbox} />
      ))}
      {waiting > 0 && <Waiting n={waiting} outbox={outbox} link={link} />}
      {held !== undefined && (
        <Held
          item={held}
          seconds={Math.min(holdMs / 1000, Math.ceil((held.until - now) / 1000))}
          outbox={outbox}
        />
      )}
    </>
  );
}

function Held({ item, seconds, outbox }: { item: Item; seconds: number; outbox: Outbox }) {
  const words = useWords();
  const w = words.officer;
  return (
    <div class="pending pending-held" role="status">
      <Icon name="check" />
      <p>
        {w[item.deed]}
        <span>{w.held(seconds)}</span>
      </p>
      <button type="button" class="button" onClick={() => outbox.undo(item.key)}>
        {w.undo}
      </button>
    </div>
  );
}

function Waiting({ n, outbox, link }: { n: number; outbox: Outbox; link: LinkState }) {
  const words = useWords();
  const safe = useValue(outbox.safe);
  return (
    <div class="pending" role="status">
      <Icon name="upload" />
      <p>
        {link === "live" ? "" : `${words.link[link]} · `}
        {words.officer.pending(n)}
        <span>{safe ? words.officer.pendingHint : words.officer.pendingUnsafe}</span>
      </p>
      <button type="button" class="button" onClick={() => void outbox.sendAll()}>
        {words.retry}
      </button>
    </div>
  );
}

function Refused({ refusal: { item, error }, outbox }: { refusal: Refusal; outbox: Outbox }) {
  const words = useWords();
  const w = words.officer;
  return (
    <div class="pending" role="alert">
      <Icon name="warning" />
      <p>
        {w.refused(item.alert, w[item.deed])}
        <span>{explain(error, words).what}</span>
      </p>
      <button type="button" class="button" onClick={() => outbox.dismiss(item.key)}>
        {w.understood}
      </button>
    </div>
  );
}
