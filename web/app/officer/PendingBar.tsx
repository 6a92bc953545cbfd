import { useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import type { LinkState } from "../push/link";
import { useValue } from "../state/hooks";
import type { Outbox } from "./outbox";

/** What waits on this phone, counted and in sight until it is sent. */
export function PendingBar({ outbox, link }: { outbox: Outbox; link: LinkState }) {
  const words = useWords();
  const n = useValue(outbox.items).length;
  const [busy, setBusy] = useState(false);
  if (n === 0) return null;
  return (
    <div class="pending" role="status">
      <Icon name="upload" />
      <p>
        {link === "live" ? "" : `${words.link[link]} · `}
        {words.officer.pending(n)}
        <span>{words.officer.pendingHint}</span>
      </p>
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() => {
          setBusy(true);
          void outbox.sendAll().finally(() => setBusy(false));
        }}
      >
        {words.retry}
      </button>
    </div>
  );
}
