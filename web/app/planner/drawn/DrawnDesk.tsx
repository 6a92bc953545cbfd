import { useMemo, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import { useWords } from "../../i18n/language";
import type { CityMap } from "../../map/CityMap";
import type { ThingKind } from "../../map/things";
import { Failure, Skeleton } from "../../parts/Notice";
import { ToolButton } from "../../parts/ToolButton";
import { type BenchState, DrawnBench, type Removed } from "./DrawnBench";
import { fenceTrade, permitTrade, placeTrade } from "./trades";
import type { CityThings, Hand, Things } from "./useThings";

interface Props {
  api: Api;
  map: CityMap;
  kind: ThingKind;
  city: CityThings;
  chosen: string | null;
  making: number;
  onChoose(id: string | null): void;
  onMake(): void;
  onHand(hand: Hand | null): void;
  onState(state: BenchState): void;
}

/** Where fences, permits and places are drawn and changed; what was deleted last can come back. */
export function DrawnDesk(props: Props) {
  const { city, kind } = props;
  const [removed, setRemoved] = useState<Removed | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const restore = () => {
    if (removed === null) return;
    setRemoved(null);
    removed.restore().catch(setTrouble);
  };
  return (
    <>
      {city.things === null ? (
        <aside class="facts-side">
          {city.trouble === null ? (
            <Skeleton rows={4} height={44} />
          ) : (
            <Failure error={city.trouble} onRetry={() => void city.load()} />
          )}
        </aside>
      ) : (
        <Bench
          key={kind}
          {...props}
          things={city.things}
          onRemoved={(one) => {
            setTrouble(null);
            setRemoved(one);
          }}
          onRestore={restore}
        />
      )}
      {removed !== null && (
        <RemovedBar removed={removed} onRestore={restore} onClose={() => setRemoved(null)} />
      )}
      {trouble !== null && (
        <div class="removed">
          <Failure error={trouble} small />
        </div>
      )}
    </>
  );
}

interface BenchProps extends Props {
  things: Things;
  onRemoved(removed: Removed): void;
  onRestore(): void;
}

function Bench({ api, city, kind, things, onHand, ...rest }: BenchProps) {
  const words = useWords();
  const bench = {
    ...rest,
    onHand: (id: string | null) => onHand(id === null ? null : { kind, id }),
    onChanged: city.load,
  };
  const fences = useMemo(() => fenceTrade(api, things, words), [api, things, words]);
  const permits = useMemo(() => permitTrade(api, things, words), [api, things, words]);
  const places = useMemo(() => placeTrade(api, things, words), [api, things, words]);
  switch (kind) {
    case "fences":
      return <DrawnBench trade={fences} {...bench} />;
    case "permits":
      return <DrawnBench trade={permits} {...bench} />;
    case "places":
      return <DrawnBench trade={places} {...bench} />;
  }
}

function RemovedBar({
  removed,
  onRestore,
  onClose,
}: {
  removed: Removed;
  onRestore(): void;
  onClose(): void;
}) {
  const words = useWords();
  return (
    <div class="removed" role="status">
      <span>{removed.name}</span>
      <button type="button" class="button button-small" data-do="restore" onClick={onRestore}>
        {words.things.restore} <kbd>Ctrl Z</kbd>
      </button>
      <ToolButton icon="close" label={words.close} onClick={onClose} />
    </div>
  );
}
