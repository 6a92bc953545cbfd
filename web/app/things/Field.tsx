import type { ComponentChildren } from "preact";
import { useWords } from "../i18n/language";
import { areaWords, lengthWords } from "../map/amount";
import { areaM2, distanceM } from "../map/measure";
import { type Point, polygonOf } from "../map/points";
import type { Faults } from "./faults";

interface Props {
  /** Of what is filled in. */
  id: string;
  /** As the service calls it. */
  name: string;
  label: string;
  faults: Faults;
  small?: boolean;
  children: ComponentChildren;
}

/** One labelled field of a form, with why it was refused. */
export function Field({ id, name, label, faults, small = false, children }: Props) {
  return (
    <label
      for={id}
      class={`field${small ? " field-small" : ""}${faults.fields.has(name) ? " field-refused" : ""}`}
      data-field={name}
    >
      <span>{label}</span>
      {children}
      <Fault name={name} faults={faults} />
    </label>
  );
}

/** Why a field was refused, in words; nothing where it was not. */
export function Fault({ name, faults }: { name: string; faults: Faults }) {
  const text = faults.fields.get(name);
  if (text === undefined) return null;
  return (
    <p class="fault" role="alert" data-fault={name}>
      {text}
    </p>
  );
}

interface ShapeProps {
  ring: readonly Point[];
  faults: Faults;
  /** Draws it anew; left out where that is done elsewhere. */
  onRedraw?: (() => void) | undefined;
}

/** What is drawn on the map in figures, with why it was refused. */
export function ShapeField({ ring, faults, onRedraw }: ShapeProps) {
  const w = useWords().things;
  const around = ring.reduce(
    (sum, a, i) => sum + distanceM([...a], [...(ring[(i + 1) % ring.length] ?? a)]),
    0,
  );
  return (
    <div class={faults.fields.has("area") ? "shape-field field-refused" : "shape-field"} data-field="area">
      <span class="quiet">{w.area}</span>
      <span class="shape-figures">
        {areaWords(areaM2(polygonOf(ring)))} · {w.around} {lengthWords(around)} · {w.corners(ring.length)}
      </span>
      {onRedraw !== undefined && (
        <button type="button" class="link-button" data-do="redraw" onClick={onRedraw}>
          {w.redraw}
        </button>
      )}
      <Fault name="area" faults={faults} />
    </div>
  );
}
