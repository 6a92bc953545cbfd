import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import type { Draft } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { calendarDate } from "../../i18n/time";
import type { CityMap } from "../../map/CityMap";
import { Icon } from "../../parts/Icon";
import { Failure } from "../../parts/Notice";
import { Paint } from "../draft/paint";
import { gridOf } from "../draft/session";

interface Props {
  api: Api;
  map: CityMap;
  /** What the map itself shows. */
  title: string;
  /** The edition on the right of the slider. */
  other: Draft | null;
  editions: readonly Draft[];
  onOther(id: number): void;
  onClose(): void;
}

/** Two editions on one map: left of the slider what is open, right of it another. */
export function Compare({ api, map, title, other, editions, onOther, onClose }: Props) {
  const words = useWords();
  const w = words.editing;
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(0.5);
  const [trouble, setTrouble] = useState<unknown>(null);

  useEffect(() => {
    if (box.current === null || other === null) return;
    const second = new SecondMap(map, box.current, words.map.label);
    let gone = false;
    setTrouble(null);
    api.editionGrids(other.net, other.id).then(
      ({ features }) => {
        if (!gone) second.show(other, features.map(gridOf));
      },
      (error: unknown) => {
        if (!gone) setTrouble(error);
      },
    );
    return () => {
      gone = true;
      second.stop();
    };
  }, [api, map, other?.id, other?.version]);

  const drag = (event: PointerEvent) => {
    const bar = event.currentTarget as HTMLElement;
    const frame = bar.parentElement?.getBoundingClientRect();
    if (!bar.hasPointerCapture(event.pointerId) || frame === undefined) return;
    setShare(Math.min(0.98, Math.max(0.02, (event.clientX - frame.left) / frame.width)));
  };
  const percent = `${(share * 100).toFixed(2)}%`;
  return (
    <div class="compare">
      <div class="compare-map" ref={box} style={{ clipPath: `inset(0 0 0 ${percent})` }} aria-hidden="true" />
      <div
        class="compare-bar"
        role="slider"
        tabIndex={0}
        aria-label={w.compare}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        style={{ left: percent }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={(event) => {
          const step = event.key === "ArrowLeft" ? -0.02 : event.key === "ArrowRight" ? 0.02 : 0;
          if (step === 0) return;
          setShare(Math.min(0.98, Math.max(0.02, share + step)));
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <span class="compare-grip">
          <Icon name="slide" />
        </span>
      </div>
      <div class="compare-head">
        <span class="compare-side">{title}</span>
        <span class="compare-side">
          <select
            id="compare-with"
            aria-label={w.compareWith}
            value={other?.id ?? ""}
            onChange={(event) => onOther(Number(event.currentTarget.value))}
          >
            {other === null && <option value="">{w.compareWith}</option>}
            {editions.map((edition) => (
              <option key={edition.id} value={edition.id}>
                {words.net[edition.net]} · {edition.title}
                {edition.from === null ? "" : ` · ${calendarDate(Date.parse(edition.from))}`}
              </option>
            ))}
          </select>
          <button
            type="button"
            class="tool"
            aria-label={w.compareEnd}
            data-do="compare-end"
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
      {trouble !== null && <Failure error={trouble} small />}
    </div>
  );
}

/** A second map over the first, which follows it. */
class SecondMap {
  readonly #first: CityMap;
  readonly #made: Promise<CityMap>;
  readonly #follow: () => void;
  #paint: Paint | null = null;
  #gone = false;

  constructor(first: CityMap, container: HTMLElement, label: string) {
    this.#first = first;
    const { lng, lat } = first.gl.getCenter();
    const view = { lon: lng, lat, zoom: first.gl.getZoom() };
    this.#made = import("../../map/CityMap").then(
      ({ CityMap }) => new CityMap({ container, view, bounds: [112, 30, 122, 41], label }),
    );
    this.#follow = () =>
      void this.#made.then(({ gl }) => {
        if (!this.#gone) gl.jumpTo({ center: first.gl.getCenter(), zoom: first.gl.getZoom() });
      });
    first.gl.on("move", this.#follow);
  }

  show({ net }: Draft, grids: ReturnType<typeof gridOf>[]): void {
    void this.#made.then((map) => {
      if (this.#gone) return;
      this.#follow();
      this.#paint = new Paint(map, net, () => grids);
    });
  }

  stop(): void {
    this.#gone = true;
    this.#first.gl.off("move", this.#follow);
    this.#paint?.stop();
    // What the paint puts back is put back before the map goes.
    void this.#made.then(async (map) => {
      await map.ready;
      await map.ready;
      map.destroy();
    });
  }
}
