import type { Api } from "../../api/client";
import { type LateCommand, OvertakenDocument } from "../../api/editions";
import { Problem } from "../../api/problem";
import { Value } from "../../state/value";

/** The part of the service that a rebase needs. */
export type Doors = Pick<Api, "rebase">;

/**
 * A draft on its way onto the edition that was published since. What does not apply there is listed, and left out only
 * when a person says so.
 */
export class Rebase {
  /** Commands that do not apply. */
  readonly late = new Value<readonly LateCommand[]>([]);
  /** Those of them that a person leaves out, by their seq. */
  readonly leftOut = new Value<ReadonlySet<number>>(new Set());
  readonly busy = new Value(false);
  readonly trouble = new Value<unknown>(null);
  readonly #doors: Doors;
  readonly #draft: number;

  constructor(doors: Doors, draft: number) {
    this.#doors = doors;
    this.#draft = draft;
  }

  toggle(seq: number): void {
    const next = new Set(this.leftOut.get());
    if (!next.delete(seq)) next.add(seq);
    this.leftOut.set(next);
  }

  /** Whether a person decided on all that does not apply. */
  isDecided(): boolean {
    return this.late.get().every(({ seq }) => this.leftOut.get().has(seq));
  }

  /** Resolves to whether the draft follows the newest edition now. */
  async run(): Promise<boolean> {
    this.busy.set(true);
    this.trouble.set(null);
    try {
      await this.#doors.rebase(
        this.#draft,
        [...this.leftOut.get()].sort((a, b) => a - b),
      );
      return true;
    } catch (error) {
      const late = error instanceof Problem ? error.besides(OvertakenDocument)?.late : undefined;
      if (late === undefined) this.trouble.set(error);
      else this.#list(late);
      return false;
    } finally {
      this.busy.set(false);
    }
  }

  /** What was left out before stays listed: it is a decision that can be taken back. */
  #list(late: readonly LateCommand[]): void {
    const kept = this.late.get().filter(({ seq }) => this.leftOut.get().has(seq));
    this.late.set([...kept, ...late].sort((a, b) => a.seq - b.seq));
  }
}
