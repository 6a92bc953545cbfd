import type { Role } from "../api/city";

export const home: Record<Role, string> = {
  operator: "/centre/",
  administrator: "/centre/",
  officer: "/officer/",
  planner: "/planner/",
};

/** Where to go after signing in: the page that was asked for, if it is one of our own, else the role's own. */
export function destination(search: string, role: Role): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  const ours = /^\/(centre|officer|planner)\/(#[^\s]*)?$/.test(next);
  return ours ? next : home[role];
}

/** The login page, coming back to where this page is now. */
export function loginFrom({ pathname, hash }: { pathname: string; hash: string }): string {
  return `/login/?next=${encodeURIComponent(pathname + hash)}`;
}
