import type { Grid } from "../api/city";

/**
 * The grids whose name, street, beat or officer contains every word of the text, or whose code begins with it. Those
 * whose own name begins with the text come first, then the order of the codes.
 */
export function find(grids: readonly Grid[], text: string): Grid[] {
  const wanted = text.trim().toLowerCase();
  const hits = wanted === "" ? [...grids] : grids.filter((grid) => isHit(grid, wanted));
  const first = ({ properties: { name, code } }: Grid) =>
    wanted !== "" && (name.toLowerCase().startsWith(wanted) || code.startsWith(wanted)) ? 0 : 1;
  return hits.sort((a, b) => first(a) - first(b) || (a.properties.code < b.properties.code ? -1 : 1));
}

function isHit({ properties }: Grid, wanted: string): boolean {
  const { code, name, street, beat, officers } = properties;
  if (/^\d+$/.test(wanted) && code.startsWith(wanted)) return true;
  const shown = [name, street, beat?.name, ...officers.map((officer) => officer.name)]
    .join(" ")
    .toLowerCase();
  return wanted.split(/\s+/).every((word) => shown.includes(word));
}
