import { useWords } from "../i18n/language";

/** 演示数据: wherever geometry was made for demonstration. */
export function DemoTag() {
  const words = useWords();
  return (
    <span class="tag" title={words.demoDataHint}>
      {words.demoData}
    </span>
  );
}

/** 合成画面: wherever a scene was composed. */
export function ComposedTag() {
  const words = useWords();
  return (
    <span class="tag tag-dashed" title={words.composedHint}>
      {words.composed}
    </span>
  );
}
