import type { Role } from "../api/city";

export const home: Record<Role, string> = {
  operator: "/centre/",
  administrator: "/centre/",
  officer: "/officer/",
  property_manager: "/officer/",
  planner: "/planner/",
};

/**
 * Where to go after signing in: the page that was asked for, if it is one of our own, else the role's own. A page that
 * the service itself led here from has its hash on the login page's address: browsers keep it over a redirect.
 */
export function destination({ search, hash }: { search: string; hash: string }, role: Role): string {
  const asked = new URLSearchParams(search).get("next") ?? "";
  const next = asked.includes("#") ? asked : asked + hash;
  const ours = /^\/(centre|officer|planner|rules|cameras)\/(#[^\s]*)?$/.test(next);
  return ours ? next : home[role];
}

/** The login page, coming back to where this page is now. */
export function loginFrom({ pathname, hash }: { pathname: string; hash: string }): string {
  return `/login/?next=${encodeURIComponent(pathname + hash)}`;
}
