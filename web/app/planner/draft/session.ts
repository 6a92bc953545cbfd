import type { EditionNews, Grid as GridFeature } from "../../api/city";
import type { Api } from "../../api/client";
import { type Commanded, type Conflict, type Draft, RefusalDocument } from "../../api/editions";
import { Problem } from "../../api/problem";
import { Value } from "../../state/value";
import { Coverage, sameBoundary } from "../coverage/coverage";
import { boundaryOf, pointOf } from "../coverage/plane";
import { type Change, type Command, type Grid, type Point, Refusal } from "../coverage/types";
import { isEditable } from "../editions";

/** The part of the service that a session needs. */
export type Doors = Pick<
  Api,
  "draft" | "editionGrids" | "command" | "undoCommand" | "acceptMends" | "layRoad"
>;

/** What did not go through, and what was wanted. */
export type Trouble =
  | { kind: "refused"; rule: string; at: Point | null; codes: readonly string[] }
  | { kind: "conflict"; conflicts: readonly Conflict[]; command: Command }
  | { kind: "failed"; error: unknown };

/** Grids to be drawn anew, and codes that are no more. */
export interface Changes {
  put: readonly Grid[];
  removed: readonly string[];
}

/** The smallest grid that a command may leave, as the service has it. */
const leastM2 = 100;

interface Pending {
  send(version: number): Promise<Commanded>;
  /** What the page did ahead of the answer; null where it waits for it. */
  change: Change | null;
  command: Command | null;
  done?(answer: Commanded): void;
}

/**
 * One person's work on a draft. A command is done here at once and sent; the service is the judge, and what it answers
 * replaces what was done ahead. Commands go one after the other, each on the version before it.
 */
export class DraftSession {
  readonly draft: Value<Draft>;
  /** How many commands are on their way. */
  readonly busy = new Value(0);
  readonly trouble = new Value<Trouble | null>(null);
  readonly coverage: Coverage;
  /** Rises with every change of a grid. */
  readonly turn = new Value(0);
  readonly #doors: Doors;
  readonly #features = new Map<string, GridFeature>();
  readonly #watchers = new Set<(changes: Changes) => void>();
  #queue: Pending[] = [];
  /** What the service said of grids while later commands were still on their way. */
  #said = new Map<string, GridFeature | null>();
  #sending = false;
  #heard: EditionNews | null = null;

  private constructor(
    doors: Doors,
    draft: Draft,
    features: readonly GridFeature[],
    followed: readonly GridFeature[],
    outline: boolean,
  ) {
    this.#doors = doors;
    this.draft = new Value(draft);
    for (const feature of features) this.#features.set(feature.properties.code, feature);
    // The corridors of a road net have no common outline, and a net that nothing was published of has none yet.
    const free = draft.net === "road" || draft.replaces === null;
    const options = { minAreaM2: leastM2, outline: outline || free };
    this.coverage = new Coverage(features.map(gridOf), options, followed.map(gridOf));
  }

  /** Opens an edition; outline is the right to move outer borders. */
  static async open(doors: Doors, id: number, outline: boolean): Promise<DraftSession> {
    const draft = await doors.draft(id);
    const [own, followed] = await Promise.all([
      doors.editionGrids(draft.net, id),
      draft.replaces === null || !isEditable(draft)
        ? { features: [] }
        : doors.editionGrids(draft.net, draft.replaces),
    ]);
    return new DraftSession(doors, draft, own.features, followed.features, outline);
  }

  /** The grids as the service last told them, with who answers there. */
  feature(code: string): GridFeature | null {
    return this.#features.get(code) ?? null;
  }

  features(): GridFeature[] {
    return [...this.#features.values()];
  }

  watch(watcher: (changes: Changes) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Does the command here and sends it. What is refused here is not sent. */
  run(command: Command): void {
    this.trouble.set(null);
    let change: Change | null = null;
    // To what layer a border is snapped only the service knows.
    if (command.op !== "snap") {
      try {
        change = this.coverage.apply(command);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.trouble.set({ kind: "refused", rule: error.rule, at: placeOf(error.at), codes: error.codes });
        return;
      }
      this.#tell(change);
    }
    const { id } = this.draft.get();
    this.#push({ command, change, send: (version) => this.#doors.command(id, version, command) });
  }

  undo(way: "undo" | "redo"): void {
    const { id, can_undo, can_redo } = this.draft.get();
    if (this.#queue.length === 0 && !(way === "undo" ? can_undo : can_redo)) return;
    this.trouble.set(null);
    this.#push({ command: null, change: null, send: (version) => this.#doors.undoCommand(id, way, version) });
  }

  /** Mends that a person accepted are one step of the draft. */
  mend(ids: readonly string[]): void {
    const { id } = this.draft.get();
    this.trouble.set(null);
    this.#push({ command: null, change: null, send: (version) => this.#doors.acceptMends(id, version, ids) });
  }

  /** Lays a section of a road net; done is told which corridors that made or changed. */
  lay(road: object, done: (answer: Commanded) => void): void {
    const { id } = this.draft.get();
    this.trouble.set(null);
    this.#push({
      command: null,
      change: null,
      send: (version) => this.#doors.layRoad(id, version, road),
      done,
    });
  }

  /** Somebody said that the edition changed: the same work is done here unless it was ours. */
  follow(news: EditionNews): void {
    if (news.edition !== this.draft.get().id) return;
    if (this.#sending) this.#heard = news;
    else if (this.#isNew(news)) void this.reload();
  }

  /** Whether news tell of more than is known here; what was done here is told too, and later. */
  #isNew({ version, state }: EditionNews): boolean {
    const known = this.draft.get();
    return version > known.version || (version === known.version && state !== known.state);
  }

  /** Takes the draft as the service has it. */
  async reload(): Promise<void> {
    const { id, net } = this.draft.get();
    try {
      const draft = await this.#doors.draft(id);
      const { features } = await this.#doors.editionGrids(net, id);
      if (this.#sending || draft.version < this.draft.get().version) return; // Something was done here meanwhile.
      const gone = new Map([...this.#features.keys()].map((code) => [code, null]));
      this.#take(
        new Map<string, GridFeature | null>([
          ...gone,
          ...features.map((one) => [one.properties.code, one] as const),
        ]),
      );
      this.draft.set(draft);
    } catch (error) {
      this.trouble.set({ kind: "failed", error });
    }
  }

  #push(pending: Pending): void {
    this.#queue.push(pending);
    this.busy.set(this.#queue.length);
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      try {
        const answer = await next.send(this.draft.get().version);
        this.#answered(next, answer);
        next.done?.(answer);
        this.#queue.shift();
        this.busy.set(this.#queue.length);
      } catch (error) {
        this.#sending = false;
        await this.#failed(next, error);
        return;
      }
    }
    this.#sending = false;
    this.#take(this.#said);
    this.#said = new Map();
    const heard = this.#heard;
    this.#heard = null;
    if (heard !== null && this.#isNew(heard)) await this.reload();
  }

  #answered({ change }: Pending, { version, changed, removed, can_undo, can_redo }: Commanded): void {
    // What was done ahead and the service does not speak of was not so: a new grid under another code.
    const ahead = new Set(change?.after.map(({ code }) => code));
    for (const code of [...ahead].filter((one) => !this.#features.has(one))) this.#said.set(code, null);
    for (const code of removed) this.#said.set(code, null);
    for (const feature of changed) this.#said.set(feature.properties.code, feature);
    const draft = this.draft.get();
    this.draft.set({
      ...draft,
      version,
      state: "draft",
      can_undo,
      can_redo,
      changed: [
        ...new Set([...draft.changed, ...removed, ...changed.map(({ properties }) => properties.code)]),
      ],
    });
  }

  /** Takes back what was done ahead, all of it, and says why. */
  async #failed({ command }: Pending, error: unknown): Promise<void> {
    for (const { change } of [...this.#queue].reverse()) {
      if (change !== null) this.#tell(this.coverage.swap(change));
    }
    this.#queue = [];
    this.busy.set(0);
    this.#take(this.#said);
    this.#said = new Map();
    const besides = error instanceof Problem ? error.besides(RefusalDocument) : null;
    if (
      error instanceof Problem &&
      error.status === 409 &&
      command !== null &&
      besides?.version !== undefined
    ) {
      await this.reload();
      this.trouble.set({ kind: "conflict", conflicts: besides.conflicts ?? [], command });
    } else if (error instanceof Problem && error.status === 422 && besides?.rule !== undefined) {
      const { rule, at = null, codes = [] } = besides;
      this.trouble.set({ kind: "refused", rule, at: at === null ? null : placeOf(pointOf(at)), codes });
    } else this.trouble.set({ kind: "failed", error });
  }

  /** Takes the service's word for these grids. */
  #take(said: ReadonlyMap<string, GridFeature | null>): void {
    const put: Grid[] = [];
    const removed: string[] = [];
    for (const [code, feature] of said) {
      if (feature === null) {
        this.#features.delete(code);
        if (this.coverage.grid(code) !== null) removed.push(code);
        continue;
      }
      this.#features.set(code, feature);
      const grid = gridOf(feature);
      if (!alike(this.coverage.grid(code), grid)) put.push(grid);
    }
    if (put.length === 0 && removed.length === 0) {
      // As it was done ahead; who answers there may still be new.
      if (said.size > 0) this.turn.set(this.turn.get() + 1);
      return;
    }
    this.coverage.put(put, removed);
    this.#announce({ put, removed });
  }

  #tell({ before, after }: Change): void {
    const kept = new Set(after.map(({ code }) => code));
    this.#announce({ put: after, removed: before.flatMap(({ code }) => (kept.has(code) ? [] : [code])) });
  }

  #announce(changes: Changes): void {
    this.turn.set(this.turn.get() + 1);
    for (const watcher of [...this.#watchers]) watcher(changes);
  }
}

export function gridOf({ geometry, properties: { code, name, kind, street } }: GridFeature): Grid {
  return { code, name, kind, street, boundary: boundaryOf(geometry) };
}

/** A refusal that has no place says 0, 0. */
function placeOf([x, y]: Point): Point | null {
  return x === 0 && y === 0 ? null : [x, y];
}

function alike(a: Grid | null, b: Grid): boolean {
  return (
    a !== null &&
    a.name === b.name &&
    a.kind === b.kind &&
    a.street === b.street &&
    sameBoundary(a.boundary, b.boundary)
  );
}
