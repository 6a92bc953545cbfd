import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Grid as GridFeature, Person } from "../../api/city";
import { useWords } from "../../i18n/language";
import { areaWords, lengthWords } from "../../map/amount";
import { Icon } from "../../parts/Icon";
import { Empty } from "../../parts/Notice";
import { useValue } from "../../state/hooks";
import { boundaryM2 } from "../coverage/measure";
import { outlineM } from "../coverage/plane";
import type { Grid } from "../coverage/types";
import type { RoadClass } from "../roads/plan";
import { corners } from "../tools/pick";
import type { DraftSession } from "./session";

interface Props {
  session: DraftSession;
  chosen: readonly string[];
  editable: boolean;
  /** The field that the key N goes to. */
  first: RefObject<HTMLInputElement | null>;
  onChoose(codes: readonly string[]): void;
  onFly(grid: Grid): void;
  /** Draws the chosen section of a road net anew. */
  onRoad(): void;
}

/** The chosen grids: one with its words to change, several with what can be done to them. */
export function GridPanel({ session, chosen, editable, first, onChoose, onFly, onRoad }: Props) {
  const w = useWords().editing;
  useValue(session.turn);
  const grids = chosen.flatMap((code) => session.coverage.grid(code) ?? []);
  const [only] = grids;
  if (only === undefined)
    return <Empty title={w.pick} hint={editable ? w.pickHint : w.pickStill} icon="map" />;
  if (grids.length > 1) {
    return (
      <div class="several">
        <h2>{w.several(grids.length)}</h2>
        <p class="quiet">{areaWords(grids.reduce((sum, { boundary }) => sum + boundaryM2(boundary), 0))}</p>
        <ul class="several-list">
          {grids.map((grid, i) => (
            <li key={grid.code}>
              <button type="button" class="several-grid" onClick={() => onFly(grid)}>
                {grid.name} <span class="code">{grid.code}</span>
              </button>
              <button
                type="button"
                class="tool"
                aria-label={w.leaveOut(grid.name)}
                onClick={() => onChoose(chosen.filter((code) => code !== grid.code))}
              >
                <Icon name="close" size={14} />
              </button>
              {i === 0 && grids.length === 2 && <span class="quiet">{w.keeps}</span>}
            </li>
          ))}
        </ul>
        {editable && grids.length === 2 && (
          <div class="form-foot">
            <button
              type="button"
              class="button button-primary"
              onClick={() => {
                session.run({ op: "merge", codes: grids.map(({ code }) => code), into: only.code });
                onChoose([only.code]);
              }}
            >
              {w.mergeInto(only.name)}
            </button>
            <button type="button" class="button" onClick={() => onChoose([...chosen].reverse())}>
              {w.turnRound}
            </button>
          </div>
        )}
      </div>
    );
  }
  return (
    <GridForm
      key={only.code}
      grid={only}
      session={session}
      editable={editable}
      first={first}
      onChoose={onChoose}
      onFly={onFly}
      onRoad={onRoad}
    />
  );
}

interface FormProps extends Omit<Props, "chosen"> {
  grid: Grid;
}

function GridForm({ grid, session, editable, first, onChoose, onFly, onRoad }: FormProps) {
  const words = useWords();
  const w = words.editing;
  const [said, setSaid] = useState(grid);
  useEffect(() => setSaid(grid), [grid]);
  const feature = session.feature(grid.code);
  const points = new Set([...corners(grid)].map(String)).size;
  const differs =
    said.name !== grid.name ||
    said.kind !== grid.kind ||
    said.street !== grid.street ||
    said.code !== grid.code;
  const good = said.name.trim() !== "" && /^\d{15}$/.test(said.code);
  const kinds = session.draft.get().net === "road" ? ["corridor"] : ["community", "section"];
  const save = () => {
    const { code, name, kind, street } = said;
    session.run({
      op: "describe",
      code: grid.code,
      name: name.trim(),
      kind,
      street: street.trim(),
      new_code: code,
    });
    if (code !== grid.code) onChoose([code]);
  };
  const text = (field: "name" | "street" | "code", label: string) => (
    <label class="field">
      <span>{label}</span>
      <input
        ref={field === "name" ? first : null}
        id={`grid-${field}`}
        class={field === "code" ? "code" : ""}
        value={said[field]}
        maxLength={field === "code" ? 15 : 200}
        inputMode={field === "code" ? "numeric" : "text"}
        readOnly={!editable}
        onInput={(event) => setSaid({ ...said, [field]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <form
      class="grid-form"
      aria-label={grid.name}
      onSubmit={(event) => {
        event.preventDefault();
        if (editable && differs && good) save();
      }}
    >
      <header class="grid-form-head">
        <h2>{grid.name}</h2>
        <button type="button" class="tool" aria-label={w.fly} title={w.fly} onClick={() => onFly(grid)}>
          <Icon name="target" />
        </button>
        <button type="button" class="tool" aria-label={words.planner.closeCard} onClick={() => onChoose([])}>
          <Icon name="close" />
        </button>
      </header>
      {text("name", w.name)}
      {text("code", words.planner.code)}
      {text("street", words.planner.street)}
      <label class="field">
        <span>{words.planner.kind}</span>
        <select
          id="grid-kind"
          value={said.kind}
          disabled={!editable}
          onChange={(event) => setSaid({ ...said, kind: event.currentTarget.value })}
        >
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {(words.gridKind as Record<string, string>)[kind] ?? kind}
            </option>
          ))}
        </select>
      </label>
      {editable && (
        <div class="form-foot">
          <button type="submit" class="button button-primary" data-do="describe" disabled={!differs || !good}>
            {words.setup.save}
          </button>
          {differs && (
            <button type="button" class="button" onClick={() => setSaid(grid)}>
              {words.setup.discard}
            </button>
          )}
          <button
            type="button"
            class="button button-bad grid-delete"
            onClick={() => {
              if (!confirm(w.sureDelete(grid.name))) return;
              session.run({ op: "delete", code: grid.code });
              onChoose([]);
            }}
          >
            {words.setup.remove}
          </button>
        </div>
      )}
      {grid.kind === "corridor" && (
        <SectionFacts section={feature?.properties.section}>
          {editable && (
            <button type="button" class="button" data-do="change-road" onClick={onRoad}>
              {feature?.properties.section === undefined ? words.roads.draw : words.roads.edit} <kbd>L</kbd>
            </button>
          )}
        </SectionFacts>
      )}
      <dl class="grid-facts">
        <Fact label={words.planner.area}>{areaWords(boundaryM2(grid.boundary))}</Fact>
        <Fact label={w.outline}>{lengthWords(outlineM(grid.boundary))}</Fact>
        <Fact label={w.vertices}>{String(points)}</Fact>
        {feature !== null && (
          <>
            <Fact label={words.planner.beat}>{feature.properties.beat?.name ?? words.planner.noBeat}</Fact>
            <Fact label={words.planner.officers}>{named(feature.properties.officers)}</Fact>
          </>
        )}
      </dl>
    </form>
  );
}

function named(people: readonly Person[]): string {
  return people.length === 0 ? "—" : people.map(({ name }) => name).join("、");
}

/** What a corridor is made from. */
function SectionFacts({
  section,
  children,
}: {
  section: GridFeature["properties"]["section"];
  children: ComponentChildren;
}) {
  const w = useWords().roads;
  return (
    <section class="section-facts">
      {section === undefined ? (
        <p>{w.own}</p>
      ) : (
        <p>
          {w.classes[section.class as RoadClass]} · {w.width} {lengthWords(section.left_m + section.right_m)}
          {section.section_code !== "" && <span class="code"> {section.section_code}</span>}
        </p>
      )}
      {children}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
