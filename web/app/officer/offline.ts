/** Whether a device that loses its signal may still open the page: browsers allow it over HTTPS only. */
export function canWorkOffline(): boolean {
  return "serviceWorker" in navigator;
}

/** Keeps the page and what it reads on the device, so that it opens and reads without a signal. */
export async function workOffline(): Promise<void> {
  if (!canWorkOffline()) return;
  const known = navigator.serviceWorker.controller !== null;
  await navigator.serviceWorker.register("/officer-worker.js", { scope: "/officer/" });
  const { active } = await navigator.serviceWorker.ready;
  if (known || active === null) return;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  active.postMessage({ keep: ["/officer/", ...new Set(loaded)] });
}
