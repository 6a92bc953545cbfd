import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../api/client";
import type { Impact } from "../../api/editions";
import { useValue } from "../../state/hooks";
import type { DraftSession } from "./session";

export interface Reckoned {
  impact: Impact | null;
  error: unknown;
  busy: boolean;
}

/** A pause in the work: what a draft moves is reckoned when nothing is on its way for so long. */
const pauseMs = 600;

/** Whether the draft changes a beat's load or ground. */
function differs(beat: Impact["beats"][number]): boolean {
  return beat.alerts_before !== beat.alerts_after || Math.abs(beat.area_before_m2 - beat.area_after_m2) >= 1;
}

/** What the draft moves, asked for again whenever its version changed and the hand rests. */
export function useImpact(api: Api, session: DraftSession, days: number): Reckoned {
  const { id, version } = useValue(session.draft);
  const [reckoned, setReckoned] = useState<Reckoned>({ impact: null, error: null, busy: true });
  useEffect(() => {
    let gone = false;
    setReckoned((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      api.impact(id, days).then(
        (impact) => {
          if (!gone)
            setReckoned({
              impact: { ...impact, beats: impact.beats.filter(differs) },
              error: null,
              busy: false,
            });
        },
        (error: unknown) => {
          if (!gone) setReckoned((before) => ({ ...before, error, busy: false }));
        },
      );
    }, pauseMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, id, version, days]);
  return reckoned;
}
