import type { Geometry } from "geojson";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import { useWords } from "../i18n/language";
import { Empty, Failure, Skeleton } from "../parts/Notice";
import { useSlow } from "../state/hooks";
import { type Listed, listed, type Thing } from "./things";

interface Props {
  api: Api;
  tab: Listed;
  onFly(shapes: readonly Geometry[]): void;
}

/** Fences, permits or places; each flies to where it lies. */
export function ThingList({ api, tab, onFly }: Props) {
  const words = useWords();
  const w = words.planner;
  const [things, setThings] = useState<readonly Thing[] | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const slow = useSlow(things === null);
  useEffect(() => {
    let gone = false;
    setThings(null);
    setTrouble(null);
    listed(tab, api, words).then(
      (found) => {
        if (!gone) setThings(found);
      },
      (error: unknown) => {
        if (!gone) setTrouble(error);
      },
    );
    return () => {
      gone = true;
    };
  }, [api, tab, words]);
  if (trouble !== null) return <Failure error={trouble} />;
  if (things === null) return slow ? <Skeleton rows={8} height={44} /> : null;
  return (
    <section class="side-block side-search">
      <p class="quiet">
        {w.things[tab](things.length)} · {w.thingsHow}
      </p>
      {things.length === 0 ? (
        <Empty title={w.noThings[tab]} hint={w.thingsHow} icon="pin" />
      ) : (
        <ul class="results">
          {things.map((thing) => (
            <li key={thing.id}>
              <button
                type="button"
                class="thing"
                data-thing={thing.id}
                aria-pressed={thing.id === chosen}
                disabled={thing.shapes.length === 0}
                onClick={() => {
                  setChosen(thing.id);
                  onFly(thing.shapes);
                }}
              >
                {thing.name}
                <span class="quiet">{thing.shapes.length === 0 ? w.onFrame : thing.note}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
