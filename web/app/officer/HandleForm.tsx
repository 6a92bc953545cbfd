import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { shrink } from "./photo";

interface Props {
  onSend(note: string, photo: Blob | null): void;
  onCancel(): void;
}

/** What was done, in words and with a photo. Both may be left out: the deed itself counts. */
export function HandleForm({ onSend, onCancel }: Props) {
  const words = useWords();
  const w = words.officer;
  const [note, setNote] = useState("");
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [trouble, setTrouble] = useState(false);
  const [reading, setReading] = useState(false);
  const preview = useMemo(() => (photo === null ? null : URL.createObjectURL(photo)), [photo]);
  useEffect(() => () => void (preview !== null && URL.revokeObjectURL(preview)), [preview]);
  const file = useRef<HTMLInputElement>(null);

  async function take() {
    const chosen = file.current?.files?.[0];
    if (chosen === undefined) return;
    setTrouble(false);
    setReading(true);
    try {
      setPhoto(await shrink(chosen));
    } catch {
      setTrouble(true);
    } finally {
      setReading(false);
      if (file.current !== null) file.current.value = "";
    }
  }

  return (
    <form
      class="handle"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(note.trim(), photo);
      }}
    >
      <input
        id="photo"
        ref={file}
        class="unseen"
        type="file"
        accept="image/*"
        capture="environment"
        onChange={() => void take()}
      />
      <div class="handle-photo">
        {preview !== null && <img src={preview} alt={w.photo} />}
        <label class="button" for="photo">
          <Icon name="photo" />
          {reading ? words.loading : photo === null ? w.takePhoto : w.changePhoto}
        </label>
        {photo !== null && (
          <button type="button" class="tool" onClick={() => setPhoto(null)} aria-label={w.removePhoto}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {trouble && (
        <p class="handle-trouble" role="alert">
          {w.photoTrouble}
        </p>
      )}
      <textarea
        rows={2}
        maxLength={1000}
        value={note}
        aria-label={w.note}
        placeholder={w.notePlaceholder}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <div class="handle-buttons">
        <button type="button" class="button" onClick={onCancel}>
          {w.cancel}
        </button>
        <button type="submit" class="button button-primary action-do" disabled={reading}>
          {w.send}
        </button>
      </div>
    </form>
  );
}
