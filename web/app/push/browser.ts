import type { Socket } from "./link";

/** The browser's own socket to the service that this page came from. */
export function openSocket(after: number): Socket {
  const url = new URL("/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("after", String(after));
  return new WebSocket(url) as Socket;
}
