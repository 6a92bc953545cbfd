import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import type { LogEntry } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { Empty, Failure } from "../../parts/Notice";
import { When } from "../../parts/When";

interface Props {
  api: Api;
  edition: number;
  version: number;
  state: string;
  onChoose(codes: readonly string[]): void;
}

/** Who did what to the draft, and when; the newest first. */
export function LogPanel({ api, edition, version, state, onChoose }: Props) {
  const words = useWords();
  const w = words.editing;
  const [items, setItems] = useState<readonly LogEntry[] | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  useEffect(() => {
    let gone = false;
    api.draftLog(edition).then(
      (log) => {
        if (!gone) setItems([...log].reverse());
      },
      (error: unknown) => {
        if (!gone) setTrouble(error);
      },
    );
    return () => {
      gone = true;
    };
  }, [api, edition, version, state]);
  if (trouble !== null) return <Failure error={trouble} />;
  if (items?.length === 0) return <Empty title={w.noLog} hint={w.noLogHint} icon="list" />;
  return (
    <ol class="log">
      {(items ?? []).map((entry) => (
        <li key={entry.seq}>
          <button type="button" class="log-entry" data-op={entry.op} onClick={() => onChoose(entry.codes)}>
            <span class="log-op">{(w.op as Record<string, string>)[entry.op] ?? entry.op}</span>
            <span class="log-by">{entry.by?.name ?? ""}</span>
            <span class="log-codes code">{entry.codes.map((code) => code.slice(6)).join(" ")}</span>
            <span class="quiet">
              v{entry.version} · <When at={entry.at} exact />
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
