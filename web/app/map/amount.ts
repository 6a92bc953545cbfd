/** Square metres below a tenth of a square kilometre, square kilometres above. */
export function areaWords(m2: number): string {
  const size = Math.abs(m2);
  if (size < 10) return `${m2.toFixed(1)} m²`;
  if (size < 100_000) return `${Math.round(m2).toLocaleString("en-US")} m²`;
  return `${(m2 / 1e6).toFixed(2)} km²`;
}

/** Metres below a kilometre, kilometres above. */
export function lengthWords(m: number): string {
  if (m < 10) return `${m.toFixed(2)} m`;
  if (m < 1000) return `${m.toFixed(m < 100 ? 1 : 0)} m`;
  return `${(m / 1000).toFixed(2)} km`;
}
