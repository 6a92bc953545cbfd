import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import type { Calibration, CameraSetup, SetupView } from "../api/setup";
import { useWords } from "../i18n/language";
import type { Handle, Shape } from "../map/Layer";
import { type Point, ringOf } from "../map/points";
import { Icon } from "../parts/Icon";
import { Empty } from "../parts/Notice";
import { useHistory } from "../state/history";
import { complete, type End, type Match, matchesOf, moved, placed } from "./matches";
import { refusal } from "./refusal";
import { SaveBar, type Saving } from "./SaveBar";
import type { Side, Tool } from "./tool";

const fewest = 4;
/** A pair that is off by more than this stands out. */
const badM = 1;
/** After a change the service is asked so much later: a drag is many changes. */
const settleMs = 150;

type Judged =
  | { phase: "none" }
  | { phase: "good"; of: number[]; calibration: Calibration }
  | { phase: "refused"; of: number[]; why: string }
  | { phase: "failed" };

/** Matching points of the picture with places of the map. */
export function useMatching(
  api: Api,
  camera: CameraSetup,
  view: SetupView,
  saving: Saving,
): Tool & { cone: Shape[] } {
  const words = useWords();
  const w = words.match;
  const matches = useHistory<readonly Match[]>(matchesOf(view.pairs));
  const [judged, setJudged] = useState<Judged>({ phase: "none" });
  const { lon, lat } = camera;
  const stored = JSON.stringify(view.pairs);
  // What was stored is where the next change begins.
  useEffect(() => matches.reset(matchesOf(view.pairs)), [stored]);

  useEffect(() => {
    const { pairs, of } = complete(matches.now);
    if (pairs.length < fewest) {
      setJudged({ phase: "none" });
      return;
    }
    let gone = false;
    const timer = setTimeout(() => {
      api.calibrate(pairs, lon, lat).then(
        (calibration) => !gone && setJudged({ phase: "good", of, calibration }),
        (error: unknown) => {
          if (gone) return;
          const said = error instanceof Problem && error.status === 422 ? error.detail : null;
          setJudged(said === null ? { phase: "failed" } : { phase: "refused", of, why: said });
        },
      );
    }, settleMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, lon, lat, matches.now]);

  const errorOf = (i: number) => {
    if (judged.phase !== "good") return null;
    const at = judged.of.indexOf(i);
    return judged.calibration.pairs[at] ?? null;
  };
  const remove = (i: number) => matches.set(matches.now.filter((_, k) => k !== i));
  const next = matches.now.findIndex(({ pixel, place }) => pixel === null || place === null);
  const number = (next < 0 ? matches.now.length : next) + 1;
  const half = next < 0 ? undefined : matches.now[next];

  const side = (end: End, name: string): Side => ({
    shapes: [],
    handles: matches.now.flatMap((match, i): Handle[] => {
      const at = match[end];
      if (at === null) return [];
      const error = errorOf(i);
      const bad = (error?.left_out_m ?? error?.error_m ?? 0) > badM;
      const look = match.pixel === null || match.place === null ? "half" : bad ? "bad" : undefined;
      const handle = { key: String(i), at, text: String(i + 1), label: w.handle(i + 1, name) };
      return [look === undefined ? handle : { ...handle, look }];
    }),
    hint:
      half === undefined || half[end] === null
        ? end === "pixel"
          ? w.nextPixel(number)
          : w.nextPlace(number)
        : null,
    onPlace: (at: Point) => {
      if (half === undefined || half[end] === null) matches.set(placed(matches.now, end, at));
    },
    onMove: (key, to, first) => matches.set(moved(matches.now, Number(key), end, to), first),
    onDelete: (key) => remove(Number(key)),
    onPick: () => {},
  });

  const calibration = judged.phase === "good" ? judged.calibration : null;
  const { pairs } = complete(matches.now);
  const good = pairs.length === 0 || (calibration !== null && calibration.refused === "");
  const why =
    judged.phase === "refused"
      ? refusal(judged.why, words, judged.of)
      : calibration !== null && calibration.refused !== ""
        ? refusal(calibration.refused, words, judged.phase === "good" ? judged.of : [])
        : null;
  const coneRing = ringOf(calibration === null ? (pairs.length === 0 ? null : view.cone) : calibration.cone);

  return {
    frame: side("pixel", words.setup.still),
    map: side("place", words.setup.map),
    cone: coneRing === null ? [] : [{ key: "cone", kind: "cone", ring: coneRing }],
    changed: matches.changed,
    undo: matches.undo,
    panel: (
      <div class="match">
        <div class="match-side">
          <dl class="measures" aria-live="polite">
            <Measure label={w.residual} hint={w.residualHint} m={calibration?.residual_m ?? null} />
            <Measure label={w.leftOut} hint={w.leftOutHint} m={calibration?.leave_one_out_m ?? null} />
            <Measure
              label={w.at40}
              hint={w.at40Hint}
              m={calibration === null || pairs.length === fewest ? null : calibration.at_40m_m}
              bad={(calibration?.at_40m_m ?? 0) > 2}
            />
          </dl>
          {pairs.length < fewest && <p class="quiet">{w.need(fewest - pairs.length)}</p>}
          {why !== null && (
            <p class="refused" role="alert">
              <Icon name="warning" size={16} />
              <span>
                <strong>{w.refused}</strong>
                {words.colon}
                {why}
              </span>
            </p>
          )}
          <p class="quiet how">{w.how}</p>
          <SaveBar
            saving={saving}
            changed={matches.changed}
            good={good && judged.phase !== "failed"}
            onUndo={matches.undo}
            onDiscard={() => matches.reset(matchesOf(view.pairs))}
            onSave={() => saving.save({ pairs })}
          />
        </div>
        {matches.now.length === 0 ? (
          <Empty title={w.none} hint={w.noneHint} icon="target" />
        ) : (
          <table class="pairs">
            <thead>
              <tr>
                <th>{w.pair}</th>
                <th>{w.error}</th>
                <th>{w.other}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {matches.now.map((match, i) => {
                const error = errorOf(i);
                const missing =
                  match.pixel === null ? w.halfPixel : match.place === null ? w.halfPlace : null;
                return (
                  <tr key={i} class={(error?.left_out_m ?? error?.error_m ?? 0) > badM ? "pair-bad" : ""}>
                    <td>
                      <span class="pair-number">{i + 1}</span>
                    </td>
                    {missing !== null ? (
                      <td colSpan={2} class="quiet">
                        {missing}
                      </td>
                    ) : (
                      <>
                        <td>{error === null ? "–" : words.setup.metres(error.error_m.toFixed(2))}</td>
                        <td>
                          {error === null || error.left_out_m === null
                            ? "–"
                            : words.setup.metres(error.left_out_m.toFixed(2))}
                        </td>
                      </>
                    )}
                    <td>
                      <button
                        type="button"
                        class="tool tool-small"
                        aria-label={w.removePair(i + 1)}
                        title={w.removePair(i + 1)}
                        onClick={() => remove(i)}
                      >
                        <Icon name="close" size={14} />
                      </button>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </div>
    ),
  };
}

function Measure({
  label,
  hint,
  m,
  bad = false,
}: {
  label: string;
  hint: string;
  m: number | null;
  bad?: boolean;
}) {
  const words = useWords();
  return (
    <div title={hint} class={bad ? "measure measure-bad" : "measure"}>
      <dt>{label}</dt>
      <dd>{m === null ? "–" : words.setup.metres(m.toFixed(2))}</dd>
    </div>
  );
}
