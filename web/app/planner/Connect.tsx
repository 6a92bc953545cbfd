import { useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import "./connect.css";

/** How QGIS and GDAL reach the city: the address to copy, and which layer is the draft at hand. */
export function Connect({ draft, onClose }: { draft: number | null; onClose(): void }) {
  const w = useWords().connect;
  const address = `${location.origin}/ogc`;
  const layer = draft === null ? "grids" : `grids-draft-${draft}`;
  return (
    <Dialog title={w.open} narrow onClose={onClose}>
      <div class="connect">
        <p>{w.hint}</p>
        <Copied label={w.address} text={address} />
        <p>{draft === null ? w.noDraft : w.draft(draft)}</p>
        <Copied
          label={w.command}
          text={`GDAL_HTTP_USERPWD=name:password ogr2ogr ${layer}.gpkg OAPIF:${address} ${layer} -oo PAGE_SIZE=1000`}
        />
      </div>
    </Dialog>
  );
}

/** A text that is copied with one press. */
function Copied({ label, text }: { label: string; text: string }) {
  const w = useWords().connect;
  const [copied, setCopied] = useState(false);
  const says = copied ? w.copied : w.copy;
  return (
    <div class="connect-text">
      <span class="quiet">{label}</span>
      <code>{text}</code>
      <button
        type="button"
        class="tool"
        aria-label={`${says} ${label}`}
        title={says}
        onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}
      >
        <Icon name={copied ? "check" : "copy"} size={16} />
      </button>
    </div>
  );
}
