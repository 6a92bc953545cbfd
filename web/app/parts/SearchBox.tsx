import type { ComponentChildren, Ref } from "preact";
import { Icon } from "./Icon";

interface Props {
  text: string;
  /** What can be looked for, in words. */
  label: string;
  input?: Ref<HTMLInputElement>;
  onText(text: string): void;
  children?: ComponentChildren;
}

/** A line in which to look for something. */
export function SearchBox({ text, label, input = null, onText, children }: Props) {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={text}
        placeholder={label}
        aria-label={label}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {children}
    </div>
  );
}
