import { useState } from "preact/hooks";
import type { Commanded } from "../../api/editions";
import { Problem } from "../../api/problem";
import { useWords } from "../../i18n/language";
import { areaWords, lengthWords } from "../../map/amount";
import { Failure } from "../../parts/Notice";
import { Tabs } from "../../parts/Tabs";
import { useValue } from "../../state/hooks";
import { lineM } from "../coverage/plane";
import type { DraftSession } from "../draft/session";
import type { Workbench } from "../draft/workbench";
import {
  askedOf,
  faultsOf,
  groundM2,
  groundOf,
  leastReachM,
  mostReachM,
  newRoad,
  type RoadClass,
  type RoadPlan,
  roadClasses,
  roadWays,
  usualM,
} from "./plan";
import "./roads.css";

interface Props {
  session: DraftSession;
  work: Workbench;
  onChoose(codes: readonly string[]): void;
}

/** What the road tool draws, in words and metres; it is laid as a whole, and refused as a whole. */
export function RoadForm({ session, work, onChoose }: Props) {
  const w = useWords().roads;
  const plan = useValue(work.road);
  const busy = useValue(session.busy) > 0;
  const trouble = useValue(session.trouble);
  const [laid, setLaid] = useState<Commanded | null>(null);
  const put = (change: Partial<RoadPlan>) => {
    setLaid(null);
    work.road.set({ ...plan, ...change });
  };
  const faults = faultsOf(plan);
  const lay = () =>
    session.lay(askedOf(plan), (answer) => {
      const made = answer.changed.find(({ properties }) => isOf(properties, plan));
      setLaid(answer);
      work.road.set(newRoad);
      onChoose(made === undefined ? [] : [made.properties.code]);
    });
  return (
    <form
      class="grid-form road-form"
      aria-label={plan.grid === null ? w.new : w.change}
      onSubmit={(event) => {
        event.preventDefault();
        if (faults.length === 0 && !busy) lay();
      }}
    >
      <h2>{plan.grid === null ? w.new : w.change}</h2>
      {laid !== null && plan.points.length === 0 && <Laid answer={laid} />}
      <Tabs
        tabs={roadWays}
        chosen={plan.way}
        look="road-tab"
        label={(way) => w.way[way]}
        onChoose={(way) => put({ way, points: way === plan.way ? plan.points : [], done: false })}
      />
      <p class="quiet">{w.how[plan.way]}</p>
      {plan.way === "line" && <Widths plan={plan} onPut={put} />}
      <Said id="road-name" label={w.name} value={plan.name} onInput={(name) => put({ name })} />
      <Said
        id="road-code"
        label={w.code}
        value={plan.code}
        hint={w.codeHint}
        readOnly={plan.grid !== null}
        onInput={(code) => put({ code: code.trim() })}
      />
      <Said
        id="road-street"
        label={w.street}
        value={plan.street}
        hint={w.streetHint}
        onInput={(street) => put({ street })}
      />
      {plan.way === "line" && (
        <Said
          id="road-register"
          label={w.register}
          value={plan.register}
          hint={w.registerHint}
          onInput={(register) => put({ register })}
        />
      )}
      <Size plan={plan} />
      {trouble?.kind === "failed" && <Fault error={trouble.error} />}
      <div class="form-foot">
        <button
          type="submit"
          class="button button-primary"
          data-do="lay-road"
          disabled={busy || faults.length > 0}
        >
          {busy ? w.laying : w.lay}
        </button>
        {plan.points.length > 0 && (
          <button
            type="button"
            class="button"
            data-do="draw-again"
            onClick={() => put({ points: [], done: false })}
          >
            {w.again}
          </button>
        )}
        {faults[0] !== undefined && <span class="quiet">{w.missing[faults[0]]}</span>}
      </div>
      <p class="road-rule">
        <strong>{w.junction}</strong>
        {w.rule} {w.moveByHand}
      </p>
    </form>
  );
}

/** The class of the road, and how far its ground reaches to either side. */
function Widths({ plan, onPut }: { plan: RoadPlan; onPut(change: Partial<RoadPlan>): void }) {
  const w = useWords().roads;
  const usual = plan.leftM === usualM[plan.class] && plan.rightM === usualM[plan.class];
  const reach = (side: "leftM" | "rightM") => (
    <label class="field">
      <span>{w.side[side]}</span>
      <input
        id={`road-${side}`}
        type="number"
        min={leastReachM}
        max={mostReachM}
        step={0.5}
        value={plan[side]}
        onInput={(event) => onPut({ [side]: event.currentTarget.valueAsNumber })}
      />
    </label>
  );
  return (
    <>
      <label class="field">
        <span>{w.class}</span>
        <select
          id="road-class"
          value={plan.class}
          onChange={(event) => {
            const next = Number(event.currentTarget.value) as RoadClass;
            onPut({ class: next, ...(usual ? { leftM: usualM[next], rightM: usualM[next] } : {}) });
          }}
        >
          {roadClasses.map((one) => (
            <option key={one} value={one}>
              {w.classes[one]}
            </option>
          ))}
        </select>
      </label>
      <div class="road-sides">
        {reach("leftM")}
        {reach("rightM")}
      </div>
    </>
  );
}

/** How long, wide and large it is as it is drawn now. */
function Size({ plan }: { plan: RoadPlan }) {
  const w = useWords().roads;
  const m2 = groundM2(groundOf(plan, plan.points));
  if (m2 === 0) return null;
  return (
    <p class="road-size" data-m2={Math.round(m2)}>
      {plan.way === "line" &&
        `${w.length} ${lengthWords(lineM(plan.points))} · ${w.width} ${lengthWords(plan.leftM + plan.rightM)} · `}
      {w.area} {areaWords(m2)}
      <span class="quiet"> {w.alone}</span>
    </p>
  );
}

/** What was laid, and which other corridors gave ground or got some. */
function Laid({ answer }: { answer: Commanded }) {
  const w = useWords().roads;
  const [own, ...others] = answer.changed.map(
    ({ properties: { name, code } }) => `${name} ${code.slice(-6)}`,
  );
  return (
    <p class="road-laid" role="status" data-changed={answer.changed.length}>
      {w.laid}
      {others.length > 0 && own !== undefined && ` ${w.cut(others.length)}`}
    </p>
  );
}

function Fault({ error }: { error: unknown }) {
  const w = useWords().roads;
  const [fault] = error instanceof Problem && error.status === 422 ? error.fields : [];
  if (fault === undefined) return <Failure error={error} small />;
  return (
    <p class="road-fault" role="alert">
      {fault.location === "code" ? w.noHome : fault.message}
    </p>
  );
}

interface SaidProps {
  id: string;
  label: string;
  value: string;
  hint?: string;
  readOnly?: boolean;
  onInput(value: string): void;
}

function Said({ id, label, value, hint = "", readOnly = false, onInput }: SaidProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        id={id}
        value={value}
        maxLength={200}
        placeholder={hint}
        readOnly={readOnly}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** Whether a grid that came back is the one that was asked for. */
function isOf({ code, name }: { code: string; name: string }, plan: RoadPlan): boolean {
  return plan.code === "" ? name === plan.name.trim() : code === plan.code;
}
