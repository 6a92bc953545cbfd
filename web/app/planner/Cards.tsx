import type { Position } from "geojson";
import { useState } from "preact/hooks";
import type { Grid, Net, Person, Place } from "../api/city";
import { nets } from "../api/city";
import type { Api } from "../api/client";
import type { Draft } from "../api/editions";
import { useWords } from "../i18n/language";
import { calendarDate } from "../i18n/time";
import { areaWords } from "../map/amount";
import { areaM2 } from "../map/measure";
import { Icon } from "../parts/Icon";
import { Empty, Failure } from "../parts/Notice";
import { DemoTag } from "../parts/Tags";
import { splitCode } from "./code";
import { NetSign } from "./NetSign";
import { Decided } from "./Precedence";

/** What the right side shows when nothing is chosen. */
export function NothingChosen() {
  const w = useWords().planner;
  return <Empty title={w.pick} hint={w.pickHint} icon="map" />;
}

/** One grid: its code explained, its size, its edition, and who answers. */
export function GridCard({ grid, edition, onClose }: { grid: Grid; edition: Draft | null; onClose(): void }) {
  const words = useWords();
  const w = words.planner;
  const { code, name, net, kind, street, demo, beat, officers } = grid.properties;
  return (
    <article class="grid-card" aria-label={name}>
      <CardHead title={name} onClose={onClose}>
        <span class="card-net">
          <NetSign net={net} />
          {words.net[net]} · {(words.gridKind as Record<string, string>)[kind] ?? kind}
        </span>
        {demo && <DemoTag />}
      </CardHead>
      <Code code={code} />
      <dl class="grid-facts">
        <Fact label={w.street}>{street}</Fact>
        <Fact label={w.area}>{areaWords(areaM2(grid.geometry))}</Fact>
        {edition !== null && (
          <Fact label={w.edition}>
            {edition.title}
            {edition.from !== null && (
              <span class="quiet">{w.from(calendarDate(Date.parse(edition.from)))}</span>
            )}
          </Fact>
        )}
      </dl>
      <section class="answers">
        <h3>{w.answers}</h3>
        {beat === null ? (
          <p class="answers-none">
            <Icon name="warning" />
            {w.noBeat}
          </p>
        ) : (
          <p class="answers-beat">
            {w.beat} · {beat.name}
          </p>
        )}
        <People people={officers} />
      </section>
    </article>
  );
}

/** The code in its four parts, each with what it names. */
function Code({ code }: { code: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <div class="code-parts">
      {splitCode(code).map(({ part, digits }) => (
        <div key={part}>
          <span class="code">{digits}</span>
          <span class="code-label">{words.planner.codeParts[part]}</span>
        </div>
      ))}
      <button
        type="button"
        class="tool"
        aria-label={words.planner.copyCode}
        title={words.planner.copyCode}
        onClick={() => void navigator.clipboard?.writeText(code).then(() => setCopied(true))}
      >
        <Icon name={copied ? "check" : "copy"} size={16} />
      </button>
    </div>
  );
}

function People({ people }: { people: readonly Person[] }) {
  return (
    <ul class="people">
      {people.map((person) => (
        <li key={person.id}>
          <span class="avatar" aria-hidden="true">
            {[...person.name][0]}
          </span>
          {person.name}
        </li>
      ))}
    </ul>
  );
}

export type Located =
  | { phase: "loading"; at: Position }
  | { phase: "failed"; at: Position; error: unknown }
  | { phase: "found"; at: Position; place: Place };

interface LocatedProps {
  api: Api;
  located: Located;
  onRetry(): void;
  onGrid(code: string, net: Net): void;
  onClose(): void;
}

/** The owner of a point in each net, and who answers there. */
export function LocatedCard({ api, located, onRetry, onGrid, onClose }: LocatedProps) {
  const words = useWords();
  const w = words.planner;
  const [lon = 0, lat = 0] = located.at;
  return (
    <article class="grid-card" aria-label={w.located}>
      <CardHead title={w.located} onClose={onClose}>
        <span class="quiet code">
          {lon.toFixed(6)}, {lat.toFixed(6)}
        </span>
      </CardHead>
      {located.phase === "failed" && <Failure error={located.error} onRetry={onRetry} />}
      {located.phase === "found" && (
        <>
          <ul class="owners">
            {nets.map((net) => {
              const owner = located.place[net];
              return (
                <li key={net}>
                  <NetSign net={net} />
                  <span class="owner-net">{words.net[net]}</span>
                  {owner === null ? (
                    <span class="quiet">{w.outside}</span>
                  ) : (
                    <button type="button" class="owner" onClick={() => onGrid(owner.code, net)}>
                      {owner.name}
                      <span>
                        {owner.street} <span class="code">{owner.code}</span>
                      </span>
                    </button>
                  )}
                </li>
              );
            })}
          </ul>
          <section class="answers">
            <h3>{w.responsible}</h3>
            {located.place.responsible === null ? (
              <p class="answers-none">
                <Icon name="warning" />
                {w.nobody}
              </p>
            ) : (
              <>
                <p class="answers-beat">
                  {words.net[located.place.responsible.net]} · {located.place.responsible.name}
                </p>
                {located.place.responsible.officer === null ? (
                  <p class="answers-none">{w.noBeat}</p>
                ) : (
                  <People people={[located.place.responsible.officer]} />
                )}
                <Decided api={api} rule={located.place.responsible.rule} />
              </>
            )}
          </section>
        </>
      )}
    </article>
  );
}

function CardHead({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose(): void;
  children: preact.ComponentChildren;
}) {
  const words = useWords();
  return (
    <header class="grid-head">
      <div>
        <h2>{title}</h2>
        <p>{children}</p>
      </div>
      <button type="button" class="tool" onClick={onClose} aria-label={words.planner.closeCard}>
        <Icon name="close" />
      </button>
    </header>
  );
}

function Fact({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
