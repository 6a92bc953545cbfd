/** Systems whose steps differ. */
export const systems = ["android", "harmony", "ios", "desktop"] as const;
export type System = (typeof systems)[number];

/** What a browser says of itself, as far as it tells the system. */
export function systemOf(agent: string, touchPoints: number): System {
  if (/HarmonyOS|OpenHarmony|ArkWeb/i.test(agent)) return "harmony";
  if (/Android/i.test(agent)) return "android";
  if (/iPhone|iPad|iPod/.test(agent)) return "ios";
  if (/Macintosh/.test(agent) && touchPoints > 1) return "ios"; // An iPad says it is a Mac.
  return "desktop";
}

/** A fingerprint in pairs, as phones show it. */
export function inPairs(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(" ");
}
