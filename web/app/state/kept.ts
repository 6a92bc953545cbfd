/** Forgets what this device kept of the service's answers for reading without a signal: they were for whoever was signed in. */
export async function forgetKept(): Promise<void> {
  if ("caches" in globalThis) await caches.delete("gridwatch-kept");
}

/** When an answer was kept that comes from this device, milliseconds since 1970; null for one of the service's. */
export function keptAt(answer: Response): number | null {
  const at = answer.headers.get("Gridwatch-Kept-At");
  return at === null ? null : Date.parse(at);
}
