import { Icon, type IconName } from "./Icon";

interface Props {
  icon: IconName;
  /** What it does, in words: nothing else says it. */
  label: string;
  /** What tests and styles call it. */
  what?: string;
  onClick(): void;
}

/** A button that is a picture alone. */
export function ToolButton({ icon, label, what, onClick }: Props) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} data-do={what} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
