import type { VNode } from "preact";
import type { Api } from "../../api/client";
import type { Words } from "../../i18n/words";
import type { Shape } from "../../map/Layer";
import type { Point } from "../../map/points";
import type { ThingKind } from "../../map/things";
import { FenceForm } from "../../things/FenceForm";
import * as fence from "../../things/fence";
import { PermitForm } from "../../things/PermitForm";
import { PlaceForm } from "../../things/PlaceForm";
import * as permit from "../../things/permit";
import * as place from "../../things/place";
import type { FormProps } from "../../things/ThingForm";
import type { Things } from "./useThings";

/** What every drawn thing has. */
export interface Drawn {
  id: string;
  name: string;
  known: boolean;
  /** Null where it has none on the map. */
  area: readonly Point[] | null;
  spot?: Point | null;
  rule?: string;
}

/** What was just drawn: an area, or one spot. */
export type Outline = { area: readonly Point[]; spot: null } | { area: null; spot: Point };

interface BenchProps<T> extends FormProps {
  onChange(thing: T): void;
  /** Draws it anew, as an area or a spot. */
  onShape(as: "area" | "spot"): void;
  onSave(): void;
}

/** What the bench has to know of a kind of things. */
export interface Trade<T extends Drawn> {
  kind: ThingKind;
  /** How a new one is drawn. */
  begins: "area" | "spot";
  look: Shape["kind"];
  known: readonly T[];
  fresh(drawn: Outline): T;
  redrawn(thing: T, drawn: Outline): T;
  store(thing: T): Promise<void>;
  drop(id: string): Promise<void>;
  form(thing: T, bench: BenchProps<T>): VNode;
}

export function fenceTrade(api: Api, { fences, rules }: Things, words: Words): Trade<fence.FenceDraft> {
  return {
    kind: "fences",
    begins: "area",
    look: "fence",
    known: fences.map(fence.draftOf),
    fresh: ({ area }) =>
      fence.newFence(words.things.fresh.fences, rules[0]?.key ?? "", { area, view: null, frame: null }),
    redrawn: (thing, { area }) => ({ ...thing, area, holes: [] }),
    store: (thing) => api.putFence(thing.id, fence.changeOf(thing)),
    drop: (id) => api.deleteFence(id),
    form: (thing, { onShape, ...bench }) => (
      <FenceForm fence={thing} rules={rules} onArea={() => onShape("area")} {...bench} />
    ),
  };
}

export function permitTrade(api: Api, { permits, rules }: Things, words: Words): Trade<permit.PermitDraft> {
  return {
    kind: "permits",
    begins: "area",
    look: "permit",
    known: permits.map(permit.draftOf),
    fresh: ({ area }) => permit.newPermit(words.things.fresh.permits, permit.usual(rules), area ?? []),
    redrawn: (thing, { area }) => ({ ...thing, area: area ?? [], holes: [] }),
    store: (thing) => api.putPermit(thing.id, permit.changeOf(thing)),
    drop: (id) => api.deletePermit(id),
    form: (thing, { onShape, ...bench }) => (
      <PermitForm permit={thing} rules={rules} onArea={() => onShape("area")} {...bench} />
    ),
  };
}

export function placeTrade(api: Api, { places, classes }: Things, words: Words): Trade<place.PlaceDraft> {
  return {
    kind: "places",
    begins: "spot",
    look: "place",
    known: places.map(place.draftOf),
    fresh: (drawn) => place.newPlace(words.things.fresh.places, drawn),
    redrawn: (thing, drawn) => ({ ...thing, ...drawn, holes: [] }),
    store: (thing) => api.putPlace(thing.id, place.changeOf(thing)),
    drop: (id) => api.deletePlace(id),
    form: (thing, bench) => <PlaceForm place={thing} classes={classes} {...bench} />,
  };
}
