// The officer's page without a signal. The network answers where it can; what it last said is kept for when it cannot.
// Nothing is sent from here: what an officer does waits in the page's own outbox.

const shell = "gridwatch-shell"; // Pages and their files, whose names change with their content.
const kept = "gridwatch-kept"; // What the service said to this person.
const most = { [shell]: 120, [kept]: 800 };
const patience = 6000; // How long a weak signal may take before what is kept is shown, ms.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  // What the page loaded before this worker was there.
  if (Array.isArray(event.data?.keep)) event.waitUntil(Promise.all(event.data.keep.map(keepAgain)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const cache = cacheOf(url, request.mode);
  if (cache === null) return;
  event.respondWith(url.pathname.startsWith("/assets/") ? once(event) : fresh(event, cache));
});

/** Where an answer is kept; null for what is not for the officer's page to read again. */
function cacheOf({ pathname }, mode) {
  if (mode === "navigate") return pathname === "/officer/" ? shell : null;
  if (pathname.startsWith("/assets/") || pathname === "/mark.svg" || pathname.endsWith(".webmanifest"))
    return shell;
  return /^\/(api\/(?!openapi|trust)|tiles\/)/.test(pathname) ? kept : null;
}

/** A file that never changes under its name. */
async function once(event) {
  return (await caches.match(event.request)) ?? fetchAndKeep(event, shell);
}

/** The network's answer, or after a while or without one the answer that is kept. */
async function fresh(event, cache) {
  const answer = fetchAndKeep(event, cache);
  answer.catch(() => {}); // It may fail after what is kept was shown.
  const mine = await (await caches.open(cache)).match(event.request);
  if (mine === undefined) return answer;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patience, mine);
  });
  try {
    const first = await Promise.race([answer, late]);
    return first.status >= 500 ? mine : first;
  } catch {
    return mine;
  } finally {
    clearTimeout(timer);
  }
}

async function fetchAndKeep(event, cache) {
  const answer = await fetch(event.request);
  event.waitUntil(keep(event.request, answer.clone(), cache));
  return answer;
}

async function keepAgain(address) {
  const url = new URL(address, location.origin);
  const cache = cacheOf(url, url.pathname === "/officer/" ? "navigate" : "");
  if (url.origin !== location.origin || cache === null) return;
  try {
    await keep(url.href, await fetch(url.href, { credentials: "same-origin" }), cache);
  } catch {
    // No signal: it is kept when it is next looked at.
  }
}

async function keep(request, answer, name) {
  if (answer.status === 401) return void (await caches.delete(kept)); // It was said to somebody who is gone.
  if (answer.status !== 200 || answer.redirected) return;
  const cache = await caches.open(name);
  const headers = new Headers(answer.headers);
  headers.set("Gridwatch-Kept-At", new Date().toISOString());
  await cache.delete(request); // So that the oldest stand first.
  await cache.put(request, new Response(await answer.blob(), { headers }));
  const known = await cache.keys();
  for (const old of known.slice(0, Math.max(0, known.length - most[name]))) await cache.delete(old);
}
