import { useWords } from "../i18n/language";
import { Icon } from "../parts/Icon";
import { Mark } from "../parts/Mark";
import { useValue } from "../state/hooks";
import { remembered } from "../state/remembered";

const roomy = matchMedia("(min-width: 701px)").matches;
const open = remembered<"open" | "shut">("gridwatch.legend", roomy ? "open" : "shut", ["open", "shut"]);

/** What the marks mean: one matter a shape, one state a line. */
export function Legend() {
  const words = useWords();
  const shown = useValue(open) === "open";
  const w = words.legend;
  return (
    <section class="legend" aria-label={words.centre.legend}>
      <button
        type="button"
        class="legend-head"
        aria-expanded={shown}
        onClick={() => open.set(shown ? "shut" : "open")}
      >
        {words.centre.legend}
        <Icon name={shown ? "back" : "next"} size={14} />
      </button>
      {shown && (
        <ul>
          {(["fire_lane", "vending", "debris", "device"] as const).map((matter) => (
            <li key={matter}>
              <Mark matter={matter} stage="new" escalated={false} size={18} />
              {words.matter[matter]}
            </li>
          ))}
          <li class="legend-group">
            <span class="legend-pulse">
              <Mark matter="fire_lane" stage="new" escalated={false} size={18} />
            </span>
            {w.raised}
          </li>
          <li>
            <Mark matter="fire_lane" stage="new" escalated={true} size={22} />
            {w.escalated}
          </li>
          <li>
            <Mark matter="fire_lane" stage="acknowledged" escalated={false} size={18} />
            {w.acknowledged}
          </li>
          <li>
            <Mark matter="fire_lane" stage="cleared" escalated={false} size={18} />
            {w.cleared}
          </li>
          <li class="legend-group">
            <CameraMark offline={false} />
            {w.camera}
          </li>
          <li>
            <CameraMark offline={true} />
            {w.cameraOffline}
          </li>
          <li>
            <span class="legend-hatch" />
            {w.blindGrid}
          </li>
          <li>
            <span class="legend-fence" />
            {w.fence}
          </li>
        </ul>
      )}
    </section>
  );
}

export function CameraMark({ offline, size = 18 }: { offline: boolean; size?: number }) {
  return (
    <svg
      class="mark"
      viewBox="-13 -13 26 26"
      width={size}
      height={size}
      style={{ color: offline ? "var(--text)" : "var(--device)" }}
      aria-hidden="true"
    >
      <circle r="10" fill="var(--map-ground)" stroke="currentColor" stroke-width="2" />
      <path d="M-5.2-3H1.600V3H-5.200ZM2.4-0.6 5.2-2.400V2.400L2.4 0.600Z" fill="currentColor" />
      {offline && (
        <>
          <path d="M-6 6 6-6" stroke="var(--map-ground)" stroke-width="4.5" stroke-linecap="round" />
          <path d="M-6 6 6-6" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
        </>
      )}
    </svg>
  );
}
