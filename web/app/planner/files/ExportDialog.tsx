import { useState } from "preact/hooks";
import type { Draft } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { Dialog } from "../../parts/Dialog";
import { formats, systems } from "./formats";

/** An edition as a file, in a format and a coordinate system that is said. */
export function ExportDialog({ edition, onClose }: { edition: Draft; onClose(): void }) {
  const w = useWords().files;
  const [format, setFormat] = useState<string>("geojson");
  const [crs, setCrs] = useState<string>("EPSG:4326");
  const query = new URLSearchParams({ format, crs });
  return (
    <Dialog narrow title={`${w.export} · ${edition.title}`} onClose={onClose}>
      <div class="step">
        <label class="field">
          <span>{w.format}</span>
          <select
            id="export-format"
            value={format}
            onChange={(event) => setFormat(event.currentTarget.value)}
          >
            {formats.map((one) => (
              <option key={one} value={one}>
                {w.formats[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{w.crs}</span>
          <input
            id="export-crs"
            class="input"
            list="crs-list"
            value={crs}
            onInput={(event) => setCrs(event.currentTarget.value)}
          />
          <Systems />
        </label>
        <div class="form-foot">
          <a
            class="button button-primary"
            data-do="download"
            href={`/api/editions/${edition.id}/export?${query}`}
            download=""
            onClick={onClose}
          >
            {w.download}
          </a>
        </div>
      </div>
    </Dialog>
  );
}

/** The coordinate systems that people meet, offered as they type. */
export function Systems() {
  return (
    <datalist id="crs-list">
      {systems.map(([code, name]) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </datalist>
  );
}
