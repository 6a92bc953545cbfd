import { useState } from "preact/hooks";
import type { MendList } from "../../api/editions";
import { useWords } from "../../i18n/language";
import { areaWords, lengthWords } from "../../map/amount";

interface Props {
  list: MendList;
  nameOf(code: string): string;
  looked: string | null;
  onLook(id: string): void;
  onAccept(ids: readonly string[]): void;
}

/** Gaps, slivers and overlaps that can be mended: a person looks at each and accepts; nothing is mended silently. */
export function Mends({ list, nameOf, looked, onLook, onAccept }: Props) {
  const w = useWords().files;
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const all = list.mends.map(({ id }) => id);
  return (
    <section class="mends">
      <h3>{w.mends(list.total)}</h3>
      <p class="quiet">{w.mendsHow}</p>
      <ul>
        {list.mends.map((mend) => (
          <li key={mend.id} class="mend">
            <input
              type="checkbox"
              aria-label={w.accept}
              checked={accepted.includes(mend.id)}
              onChange={() =>
                setAccepted(
                  accepted.includes(mend.id)
                    ? accepted.filter((id) => id !== mend.id)
                    : [...accepted, mend.id],
                )
              }
            />
            <button
              type="button"
              class="mend-words"
              data-mend={mend.kind}
              aria-pressed={looked === mend.id}
              onClick={() => onLook(mend.id)}
            >
              {w.mend[mend.kind]}
              <span class="quiet">{w.mendSize(areaWords(mend.area_m2), lengthWords(mend.width_m))}</span>
              <span class="quiet">{w.mendOffer[mend.kind](nameOf(mend.codes[0] ?? ""))}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="form-foot">
        <button
          type="button"
          class="button button-primary"
          data-do="accept-mends"
          disabled={accepted.length === 0}
          onClick={() => onAccept(accepted)}
        >
          {w.acceptMends(accepted.length)}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => setAccepted(accepted.length === all.length ? [] : all)}
        >
          {w.allMends}
        </button>
      </div>
    </section>
  );
}
