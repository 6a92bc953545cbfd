/** The part of the address after '#', as ordered pairs: what is looked at can be sent to a colleague as a link. */
export type Hash = Readonly<Record<string, string>>;

export function readHash(hash: string): Hash {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));
}

/** Empty values are left out, so that an untouched page has an untouched address. */
export function writeHash(values: Hash): string {
  const kept = Object.entries(values).filter(([, value]) => value !== "");
  if (kept.length === 0) return "";
  const text = new URLSearchParams(kept).toString();
  // Readable where the standard allows it.
  return `#${text.replaceAll("%2F", "/").replaceAll("%2C", ",")}`;
}

/** A map position as zoom/lat/lon, as people know it from other maps. */
export interface MapPosition {
  lon: number;
  lat: number;
  zoom: number;
}

export function readPosition(text: string | undefined): MapPosition | null {
  const parts = (text ?? "").split("/").map((part) => (part === "" ? Number.NaN : Number(part)));
  const [zoom = Number.NaN, lat = Number.NaN, lon = Number.NaN] = parts;
  const sound = parts.length === 3 && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sound ? { lon, lat, zoom } : null;
}

export function writePosition({ lon, lat, zoom }: MapPosition): string {
  return `${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
}

/** A whole positive number, or null. */
export function readId(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}

/** Puts values into the address without a new step in the history. */
export function replaceHash(values: Hash): void {
  const hash = writeHash(values);
  if (hash === location.hash) return;
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
}
