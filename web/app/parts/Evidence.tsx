import { useEffect, useRef, useState } from "preact/hooks";
import type { Evidence as Picture } from "../api/city";
import { useWords } from "../i18n/language";
import { clockTime, exactTime } from "../i18n/time";
import { useSlow } from "../state/hooks";
import { Icon } from "./Icon";
import { Empty } from "./Notice";
import "./evidence.css";

/** Width to height of most pictures: 768×576 with a line of words below. */
const usualRatio = 768 / 600;

/** The pictures of an alert: the beginning against a later one under a slider, and all of them as buttons. */
export function Evidence({ pictures }: { pictures: readonly Picture[] }) {
  const words = useWords();
  const [chosen, setChosen] = useState<number | null>(null);
  const [split, setSplit] = useState(50);
  const [ratio, setRatio] = useState(usualRatio);
  const [large, setLarge] = useState<Picture | null>(null);
  const pressed = useRef(0);

  const first = pictures.find(({ kind }) => kind === "begin") ?? pictures[0];
  const newest = pictures.filter(({ kind }) => kind !== "photo").at(-1);
  if (first === undefined || newest === undefined) {
    return <Empty title={words.alert.noEvidence} hint={words.alert.noEvidenceHint} icon="photo" />;
  }
  const after = pictures.find(({ n }) => n === chosen) ?? newest;
  const compared = after.n !== first.n;

  return (
    <figure class="evidence">
      <div class="evidence-frame" style={{ aspectRatio: ratio }}>
        <Photo picture={first} onRatio={setRatio} />
        {compared && (
          <div class="evidence-after" style={{ clipPath: `inset(0 0 0 ${split}%)` }}>
            <Photo picture={after} />
          </div>
        )}
        {compared && (
          <>
            <span class="evidence-bar" style={{ left: `${split}%` }} aria-hidden="true">
              <span>
                <Icon name="slide" size={16} />
              </span>
            </span>
            <input
              class="evidence-slider"
              type="range"
              min="0"
              max="100"
              value={split}
              aria-label={words.alert.slide}
              title={words.alert.slide}
              onInput={(event) => setSplit(Number(event.currentTarget.value))}
              onPointerDown={(event) => {
                pressed.current = event.pointerType === "touch" ? event.clientX : Number.NaN;
              }}
              onPointerUp={(event) => {
                if (Math.abs(event.clientX - pressed.current) < 6) setLarge(after);
              }}
            />
          </>
        )}
        <Caption picture={first} side="before" hidden={compared && split < 14} />
        {compared && <Caption picture={after} side="after" hidden={split > 86} />}
        <button
          type="button"
          class="evidence-enlarge"
          onClick={() => setLarge(after)}
          aria-label={words.alert.enlarge}
        >
          <Icon name="enlarge" />
        </button>
      </div>
      {pictures.length > 1 && (
        <div class="evidence-strip">
          {pictures.map((picture) => (
            <button
              key={picture.n}
              type="button"
              class="evidence-pick"
              aria-pressed={picture.n === after.n}
              onClick={() => {
                setChosen(picture.n);
                setSplit(picture.n === first.n ? 100 : picture.kind === "photo" ? 0 : 50);
              }}
            >
              {kindWord(picture.kind, words.alert.evidenceKind)}
              <span>{clockTime(Date.parse(picture.taken_at), Date.now())}</span>
            </button>
          ))}
          <span class="evidence-note">{words.alert.viewed}</span>
        </div>
      )}
      {large !== null && <Lightbox picture={large} onClose={() => setLarge(null)} />}
    </figure>
  );
}

/** One picture, with a sign while it loads and words when it does not. */
function Photo({ picture, onRatio }: { picture: Picture; onRatio?(ratio: number): void }) {
  const words = useWords();
  const [state, setState] = useState<"loading" | "here" | "failed">("loading");
  const [attempt, setAttempt] = useState(0);
  const slow = useSlow(state === "loading");
  useEffect(() => setState("loading"), [picture.url]);

  if (state === "failed") {
    return (
      <div class="photo photo-failed">
        <p>{words.alert.evidenceFailed}</p>
        <button
          type="button"
          class="button"
          onClick={() => {
            setAttempt(attempt + 1);
            setState("loading");
          }}
        >
          {words.retry}
        </button>
      </div>
    );
  }
  return (
    <div class={slow ? "photo photo-slow" : "photo"}>
      <img
        key={`${picture.url} ${attempt}`}
        src={picture.url}
        alt={kindWord(picture.kind, words.alert.evidenceKind)}
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
          setState("here");
          if (naturalHeight > 0) onRatio?.(naturalWidth / naturalHeight);
        }}
        onError={() => setState("failed")}
      />
    </div>
  );
}

function Caption({ picture, side, hidden }: { picture: Picture; side: "before" | "after"; hidden: boolean }) {
  const words = useWords();
  if (hidden) return null;
  return (
    <figcaption class={`evidence-caption evidence-caption-${side}`}>
      {kindWord(picture.kind, words.alert.evidenceKind)} {clockTime(Date.parse(picture.taken_at), Date.now())}
    </figcaption>
  );
}

/** The picture as large as the screen; any click or Esc ends it. */
function Lightbox({ picture, onClose }: { picture: Picture; onClose(): void }) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class="lightbox"
      ref={dialog}
      aria-label={words.alert.enlarge}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <button type="button" class="lightbox-close" onClick={() => dialog.current?.close()}>
        <img src={picture.url} alt={kindWord(picture.kind, words.alert.evidenceKind)} />
        <span>
          {kindWord(picture.kind, words.alert.evidenceKind)} · {exactTime(Date.parse(picture.taken_at))}
          <span class="code lightbox-hash">SHA-256 {picture.sha256}</span>
        </span>
        <span class="lightbox-x">
          <Icon name="close" size={22} />
          <span class="unseen">{words.close}</span>
        </span>
      </button>
    </dialog>
  );
}

function kindWord(kind: string, words: Record<string, string>): string {
  return words[kind] ?? kind;
}
