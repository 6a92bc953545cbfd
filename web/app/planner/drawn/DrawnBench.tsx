import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import { Layer } from "../../map/Layer";
import { useSurface } from "../../map/useSurface";
import { Icon } from "../../parts/Icon";
import { ToolButton } from "../../parts/ToolButton";
import { useLatest } from "../../state/hooks";
import { faultsOf } from "../../things/faults";
import { DrawHint } from "./DrawHint";
import type { Drawn, Trade } from "./trades";
import { useDrawnBench } from "./useDrawnBench";

/** Whether anything would be lost, and whether the map's clicks are the bench's. */
export type BenchState = "idle" | "changed" | "drawing";

/** What was deleted, and how it comes back. */
export interface Removed {
  name: string;
  restore(): Promise<void>;
}

interface Props<T extends Drawn> {
  trade: Trade<T>;
  map: CityMap;
  /** The chosen one's id. */
  chosen: string | null;
  /** A new one is to be drawn whenever this grows. */
  making: number;
  onChoose(id: string | null): void;
  onMake(): void;
  /** What the bench draws itself; the map leaves it out. */
  onHand(id: string | null): void;
  /** The city's things are other ones now. */
  onChanged(): Promise<void>;
  onRemoved(removed: Removed): void;
  onState(state: BenchState): void;
  /** Ctrl+Z where there is nothing to undo in the form. */
  onRestore(): void;
}

/** The bench of one kind of things: what is drawn over the map, and the form beside it. */
export function DrawnBench<T extends Drawn>(props: Props<T>) {
  const { trade, map, chosen, making } = props;
  const words = useWords();
  const w = words.things;
  const surface = useSurface(map);
  const bench = useDrawnBench(map, trade);
  const { edited, drawing, placing } = bench;
  const { now } = edited;
  const busy = drawing.on || placing;
  const state: BenchState = busy ? "drawing" : edited.changed ? "changed" : "idle";
  const latest = useLatest(props);

  const known = chosen === null ? null : (trade.known.find(({ id }) => id === chosen) ?? null);
  useEffect(() => {
    if (now?.id === chosen || (chosen !== null && known === null)) return;
    bench.cancel();
    edited.take(known);
  }, [chosen, known === null]);
  const made = useRef(making);
  useEffect(() => {
    if (making === made.current) return;
    made.current = making;
    edited.take(null);
    bench.draw(trade.begins);
  }, [making]);
  useEffect(() => latest.current.onHand(now?.id ?? null), [now?.id]);
  useLayoutEffect(() => latest.current.onState(state), [state]);
  useEffect(
    () => () => {
      latest.current.onHand(null);
      latest.current.onState("idle");
    },
    [],
  );

  const giveUp = () => {
    bench.cancel();
    edited.take(null);
    props.onChoose(null);
  };
  const close = () => {
    if (!edited.changed || confirm(words.setup.leave)) giveUp();
  };
  /** Esc: what is being drawn first, then the thing in hand. */
  const cancel = () => {
    if (!bench.cancel() || now === null) close();
  };
  const save = async (thing: T) => {
    const stored = await edited.save(async () => {
      await trade.store(thing);
      await props.onChanged();
      return { ...thing, known: true };
    });
    if (stored) props.onChoose(thing.id);
  };
  const remove = async (thing: T) => {
    if (!thing.known) return giveUp();
    const before = trade.known.find(({ id }) => id === thing.id) ?? thing;
    const gone = await edited.remove(async () => {
      await trade.drop(thing.id);
      await props.onChanged();
    });
    if (!gone) return;
    props.onRemoved({
      name: words.things.removed(w.kind[trade.kind], before.name),
      restore: async () => {
        await trade.store(before);
        await props.onChanged();
        props.onChoose(before.id);
      },
    });
    props.onChoose(null);
  };
  useBenchKeys({
    make: () => !busy && props.onMake(),
    undo: () => (edited.changed ? edited.undo() : props.onRestore()),
    finish: () => drawing.on && drawing.finish(),
    back: () => drawing.on && drawing.back(),
    cancel,
    removeCorner: bench.removeCorner,
  });

  const at = faultsOf(edited.trouble, words)?.at ?? null;
  return (
    <>
      <div class="bench">
        {surface !== null && (
          <Layer
            surface={surface}
            shapes={bench.shapes}
            handles={bench.handles}
            bad={at}
            figures
            onMove={bench.move}
            onPick={bench.pick}
            onDelete={bench.remove}
          />
        )}
        <DrawHint
          kind={trade.kind}
          bench={bench}
          onCancel={cancel}
          onShape={trade.kind === "places" ? bench.draw : null}
        />
      </div>
      <aside class="facts-side drawn-side">
        {now === null ? (
          <div class="drawn-about">
            <p>{w.about[trade.kind]}</p>
            {!busy && (
              <button type="button" class="button button-primary" data-do="make-thing" onClick={props.onMake}>
                <Icon name="plus" size={16} />
                {w.make[trade.kind]} <kbd>N</kbd>
              </button>
            )}
            <p class="quiet">{busy ? (placing ? w.placing : w.drawing) : w.how}</p>
          </div>
        ) : (
          <>
            <header class="drawn-head">
              <h2>{now.known ? now.name : w.fresh[trade.kind]}</h2>
              <ToolButton icon="close" label={words.close} onClick={close} />
            </header>
            {now.area === null && now.spot == null && (
              <p class="quiet drawn-note">
                {w.onFrame} <a href="/cameras/">{w.openCameras}</a>
              </p>
            )}
            {trade.form(now, {
              state: edited.state,
              trouble: edited.trouble,
              changed: edited.changed,
              onChange: edited.put,
              onShape: bench.draw,
              onSave: () => void save(now),
              onRemove: () => void remove(now),
              onUndo: edited.undo,
            })}
          </>
        )}
      </aside>
    </>
  );
}

interface Keys {
  make(): void;
  undo(): void;
  finish(): void;
  back(): void;
  cancel(): void;
  removeCorner(): void;
}

function useBenchKeys(keys: Keys): void {
  const latest = useLatest(keys);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (target.matches("input, select, textarea") || document.querySelector("dialog[open]") !== null)
        return;
      if (command && key === "z") latest.current.undo();
      else if (command || event.altKey) return;
      else if (key === "n") latest.current.make();
      else if (key === "enter" && !target.matches("button, a")) latest.current.finish();
      else if (key === "backspace") latest.current.back();
      else if (key === "delete") latest.current.removeCorner();
      else if (key === "escape") latest.current.cancel();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
