import { useWords } from "../i18n/language";

/** Whether somebody measured how right the rule is. */
export function Measured({ measured }: { measured: string }) {
  const w = useWords().rules;
  const untested = measured === "untested";
  return (
    <span class={untested ? "tag tag-dashed" : "tag"} title={untested ? w.untestedHint : w.measuredHint}>
      {untested ? w.untested : `${w.measured} ${measured}`}
    </span>
  );
}
