import { useState } from "preact/hooks";
import { type Net, nets } from "../../api/city";
import type { Api } from "../../api/client";
import type { Import } from "../../api/editions";
import { Problem } from "../../api/problem";
import { useWords } from "../../i18n/language";
import { Dialog } from "../../parts/Dialog";
import { Failure } from "../../parts/Notice";
import { Systems } from "./ExportDialog";

interface Props {
  api: Api;
  onClose(): void;
  onOpen(id: number): void;
}

/** A file of boundaries becomes a draft; nothing in force changes. */
export function ImportDialog({ api, onClose, onOpen }: Props) {
  const words = useWords();
  const w = words.files;
  const [file, setFile] = useState<File | null>(null);
  const [net, setNet] = useState<Net>("community");
  const [crs, setCrs] = useState("");
  const [encoding, setEncoding] = useState("");
  const [sent, setSent] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const send = async (chosen: File) => {
    setTrouble(null);
    setSent(0);
    try {
      const begun = await api.importGrids(chosen, { net, crs, encoding }, setSent);
      setSent(1);
      const { edition, refusal } = await ended(api, begun);
      if (edition !== null) onOpen(edition);
      else {
        const why = refusal === null ? "" : `${refusal.location} ${refusal.message}`;
        setTrouble(new Problem(422, "", why.trim(), [], null));
      }
    } catch (error) {
      setTrouble(error);
    } finally {
      setSent(null);
    }
  };
  return (
    <Dialog narrow title={w.import} onClose={onClose}>
      <form
        class="step"
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null) void send(file);
        }}
      >
        <p class="quiet">{w.importHint}</p>
        <label class="field">
          <span>{w.file}</span>
          <input
            id="import-file"
            type="file"
            accept=".geojson,.json,.gpkg,.zip,.kml,.csv"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
        </label>
        <label class="field">
          <span>{words.planner.net}</span>
          <select id="import-net" value={net} onChange={(event) => setNet(event.currentTarget.value as Net)}>
            {nets.map((one) => (
              <option key={one} value={one}>
                {words.net[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{w.crs}</span>
          <input
            id="import-crs"
            class="input"
            list="crs-list"
            value={crs}
            placeholder={w.crsFromFile}
            onInput={(event) => setCrs(event.currentTarget.value)}
          />
          <Systems />
        </label>
        <label class="field">
          <span>{w.encoding}</span>
          <select
            id="import-encoding"
            value={encoding}
            onChange={(event) => setEncoding(event.currentTarget.value)}
          >
            <option value="">{w.encodingFromFile}</option>
            <option value="UTF-8">UTF-8</option>
            <option value="GBK">GBK</option>
          </select>
        </label>
        {sent !== null && (
          <p class="progress" role="status">
            <progress max={1} value={sent < 1 ? sent : undefined} />
            {sent < 1 ? w.sending(Math.round(sent * 100)) : w.reading}
          </p>
        )}
        {trouble !== null && <Failure error={trouble} small />}
        <div class="form-foot">
          <button
            type="submit"
            class="button button-primary"
            data-do="send-import"
            disabled={file === null || sent !== null}
          >
            {w.import}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {words.setup.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const askEveryMs = 700;

/** The import once the file is read, whatever became of it. */
async function ended(api: Api, begun: Import): Promise<Import> {
  let one = begun;
  while (one.state === "reading") {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    one = await api.importState(one.id);
  }
  return one;
}
