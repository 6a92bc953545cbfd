import type { Conflict } from "../../api/editions";
import { useWords } from "../../i18n/language";
import type { Command } from "../coverage/types";

interface Props {
  conflicts: readonly Conflict[];
  command: Command;
  nameOf(code: string): string;
  onFly(conflict: Conflict): void;
  onTheirs(): void;
  onMine(): void;
}

/** Somebody else was faster on the same grids: both shapes, and the person decides. */
export function Conflicts({ conflicts, command, nameOf, onFly, onTheirs, onMine }: Props) {
  const w = useWords().editing;
  return (
    <section class="conflicts" role="alert">
      <h2>{w.conflict}</h2>
      <p>{w.conflictHow((w.op as Record<string, string>)[command.op] ?? command.op)}</p>
      <ul>
        {conflicts.map((conflict) => (
          <li key={conflict.code}>
            <button type="button" class="link-button" onClick={() => onFly(conflict)}>
              {nameOf(conflict.code)} <span class="code">{conflict.code}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="conflict-key">
        <span class="swatch swatch-theirs" /> {w.theirs}
        <span class="swatch swatch-yours" /> {w.yours}
      </p>
      <div class="form-foot">
        <button type="button" class="button button-primary" data-do="mine-again" onClick={onMine}>
          {w.mineAgain}
        </button>
        <button type="button" class="button" data-do="take-theirs" onClick={onTheirs}>
          {w.takeTheirs}
        </button>
      </div>
    </section>
  );
}
