import type { ComponentChildren } from "preact";
import { explain } from "../api/explain";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { loginFrom } from "../login/after";
import { Icon, type IconName } from "./Icon";

/** Nothing is here, and what would fill it. */
export function Empty({
  title,
  hint,
  icon = "info",
  children,
}: {
  title: string;
  hint: string;
  icon?: IconName;
  children?: ComponentChildren;
}) {
  return (
    <div class="notice">
      <span class="notice-icon">
        <Icon name={icon} size={28} />
      </span>
      <p class="notice-title">{title}</p>
      <p class="notice-hint">{hint}</p>
      {children}
    </div>
  );
}

/** Something failed: what happened, what is safe, and a button that mends it. */
export function Failure({
  error,
  onRetry,
  small = false,
}: {
  error: unknown;
  onRetry?: () => void;
  small?: boolean;
}) {
  const words = useWords();
  const { what, safe, retry } = explain(error, words);
  return (
    <div class={small ? "failure failure-small" : "failure"} role="alert">
      <Icon name="warning" size={20} />
      <div class="failure-words">
        <p class="failure-what">{what}</p>
        <p class="failure-safe">{safe}</p>
      </div>
      {retry && onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          {words.retry}
        </button>
      )}
      {error instanceof Problem && error.status === 401 && (
        <a class="button" href={loginFrom(location)}>
          {words.login.title}
        </a>
      )}
    </div>
  );
}

/** A grey stand-in of the size of what comes. */
export function Skeleton({ rows, height }: { rows: number; height: number }) {
  const words = useWords();
  return (
    <div class="skeleton" role="status" aria-label={words.loading}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} class="skeleton-row" style={{ height: `${height}px` }} />
      ))}
    </div>
  );
}
