import type { PlaceClass } from "../api/setup";
import { useWords } from "../i18n/language";
import { className } from "../state/placeClasses";
import { Fault, Field, ShapeField } from "./Field";
import type { PlaceDraft } from "./place";
import { type FormProps, ThingForm } from "./ThingForm";

interface Props extends FormProps {
  place: PlaceDraft;
  classes: readonly PlaceClass[];
  onChange(place: PlaceDraft): void;
  /** Sets its point or draws its extent anew. */
  onShape(shape: "spot" | "area"): void;
  onSave(): void;
}

/** A place's name and class, whether somebody has to see it, and what of it is drawn. */
export function PlaceForm({ place, classes, onChange, onShape, onSave, ...bar }: Props) {
  const words = useWords();
  const w = words.things;
  const good = place.name.trim() !== "" && place.class !== "";
  return (
    <ThingForm what="place" known={place.known} good={good} fill={w.fillPlace} onSave={onSave} {...bar}>
      {(told) => (
        <>
          <div class="fields">
            <Field id="place-name" name="name" label={w.name} faults={told}>
              <input
                id="place-name"
                value={place.name}
                maxLength={200}
                onInput={(event) => onChange({ ...place, name: event.currentTarget.value })}
              />
            </Field>
            <Field id="place-class" name="class" label={w.class} faults={told}>
              <select
                id="place-class"
                value={place.class}
                onChange={(event) => onChange({ ...place, class: event.currentTarget.value })}
              >
                {place.class === "" && <option value="">{w.chooseClass}</option>}
                {classes.map(({ key }) => (
                  <option key={key} value={key}>
                    {className(classes, key, words)}
                  </option>
                ))}
              </select>
            </Field>
          </div>
          <label class="field-check">
            <input
              id="place-key"
              type="checkbox"
              checked={place.key}
              onChange={(event) => onChange({ ...place, key: event.currentTarget.checked })}
            />
            {w.key}
          </label>
          <p class="quiet">{w.keyHint}</p>
          <fieldset class="choice" aria-label={w.drawn}>
            {(["spot", "area"] as const).map((shape) => (
              <button
                key={shape}
                type="button"
                class="choice-item"
                data-shape={shape}
                aria-pressed={(place.area === null) === (shape === "spot")}
                onClick={() => onShape(shape)}
              >
                {w.shape[shape]}
              </button>
            ))}
          </fieldset>
          {place.area !== null ? (
            <ShapeField ring={place.area} faults={told} onRedraw={() => onShape("area")} />
          ) : (
            <Fault name="area" faults={told} />
          )}
        </>
      )}
    </ThingForm>
  );
}
