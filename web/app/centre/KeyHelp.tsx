import { useWords } from "../i18n/language";
import { Dialog } from "../parts/Dialog";

/** The keys of the centre. */
export function KeyHelp({ onClose }: { onClose(): void }) {
  const words = useWords();
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
    <Dialog title={words.keys.title} narrow onClose={onClose}>
      <dl class="keys">
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
    </Dialog>
  );
}
