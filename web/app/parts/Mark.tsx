import { type Matter, matterOf, type Stage, stageOf } from "../alerts/look";
import { isHollow, shapePath, tickPath } from "../alerts/shape";
import type { Alert } from "../api/city";

interface MarkProps {
  matter: Matter;
  stage: Stage;
  escalated: boolean;
  size?: number;
}

/** The mark of a matter in its state: hue and shape say what, line and fill say how far. */
export function Mark({ matter, stage, escalated, size = 24 }: MarkProps) {
  const cleared = stage === "cleared";
  const ticked = !cleared && stage !== "new";
  const hollow = cleared || isHollow(matter);
  const box = escalated && !cleared ? "-8 -8 40 40" : "-4 -4 32 32";
  return (
    <svg
      class={`mark mark-${stage}`}
      viewBox={box}
      width={size}
      height={size}
      style={{ color: `var(--${matter})` }}
      aria-hidden="true"
    >
      {escalated && !cleared && (
        <g fill="none" stroke="currentColor" stroke-width="1.6">
          <circle cx="12" cy="12" r="14.4" />
          <circle cx="12" cy="12" r="18.2" opacity="0.6" />
        </g>
      )}
      <path
        d={shapePath[matter]}
        fill={hollow ? "none" : "currentColor"}
        stroke="currentColor"
        stroke-width={hollow && !cleared ? 3.4 : 2}
        stroke-linejoin="round"
        opacity={cleared ? 0.75 : 1}
      />
      {ticked && (
        <path
          d={tickPath[matter]}
          fill="none"
          stroke={hollow ? "currentColor" : "var(--mark-ink)"}
          stroke-width="2.6"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      )}
    </svg>
  );
}

export function AlertMark({ alert, size }: { alert: Alert; size?: number }) {
  return (
    <Mark
      matter={matterOf(alert)}
      stage={stageOf(alert)}
      escalated={alert.state === "escalated"}
      {...(size === undefined ? {} : { size })}
    />
  );
}
