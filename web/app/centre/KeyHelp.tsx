import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";

/** The keys of the centre. */
export function KeyHelp({ onClose }: { onClose(): void }) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rows = [
    [["↑", "↓"], words.keys.move],
    [["Enter"], words.keys.open],
    [["Esc"], words.keys.close],
    [["A"], words.keys.acknowledge],
    [["T", "F", "D"], words.keys.verdict],
    [["Z"], words.keys.undo],
    [["1", "2", "3"], words.keys.sides],
    [["/"], words.keys.search],
    [["M"], words.keys.sound],
    [["?"], words.keys.help],
  ] as const;
  return (
    <dialog class="keys" ref={dialog} onClose={onClose} aria-label={words.keys.title}>
      <header>
        <h2>{words.keys.title}</h2>
        <button type="button" class="tool" aria-label={words.close} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
