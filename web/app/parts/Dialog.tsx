import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../i18n/language";
import { Icon } from "./Icon";
import "./dialog.css";

/** A dialog over the page; Esc closes it. */
export function Dialog({
  title,
  narrow = false,
  onClose,
  children,
}: {
  title: string;
  narrow?: boolean;
  onClose(): void;
  children: ComponentChildren;
}) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class={narrow ? "dialog dialog-narrow" : "dialog"}
      ref={dialog}
      aria-label={title}
      onClose={onClose}
    >
      <header>
        <h2>{title}</h2>
        <button type="button" class="tool" aria-label={words.close} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
