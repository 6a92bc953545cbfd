import { useEffect, useState } from "preact/hooks";
import { thing } from "../alerts/sentence";
import { useWords } from "../i18n/language";
import type { Candidate } from "./trace";

const usualRatio = 16 / 9;

interface Props {
  camera: string;
  candidates: readonly Candidate[];
  chosen: string | null;
  onChoose(key: string): void;
}

/** The camera's still with a box for every candidate that had one; an empty frame where there is no still. */
export function TraceFrame({ camera, candidates, chosen, onChoose }: Props) {
  const words = useWords();
  const [state, setState] = useState<"loading" | "here" | "none">("loading");
  const [ratio, setRatio] = useState(usualRatio);
  useEffect(() => setState("loading"), [camera]);
  const boxed = candidates.filter(({ last }) => last.box !== null);
  if (boxed.length === 0 && state === "none") return null;
  return (
    <figure class="trace-frame">
      <div class="trace-picture" style={{ aspectRatio: ratio }}>
        {state !== "none" && (
          <img
            key={camera}
            src={`/api/cameras/${encodeURIComponent(camera)}/still`}
            alt=""
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              setState("here");
              if (naturalHeight > 0) setRatio(naturalWidth / naturalHeight);
            }}
            onError={() => setState("none")}
          />
        )}
        {boxed.map(({ key, last }) => (
          <button
            key={key}
            type="button"
            class="trace-box"
            aria-pressed={key === chosen}
            aria-label={words.whyNot.boxOf(thing(last.class, words))}
            style={{
              left: share(last.box?.x),
              top: share(last.box?.y),
              width: share(last.box?.w),
              height: share(last.box?.h),
            }}
            onClick={() => onChoose(key)}
          />
        ))}
      </div>
      <figcaption>{state === "none" ? words.whyNot.noStill : words.whyNot.still}</figcaption>
    </figure>
  );
}

function share(part = 0): string {
  return `${part * 100}%`;
}
