import type { Page } from "playwright-core";
import { patience, shoot } from "./world";

/** What the browser tests of drafts have in common. */

export type Spot = [lon: number, lat: number];

export interface Grids {
  features: {
    geometry: { type: string; coordinates: number[][][] | number[][][][] };
    properties: { code: string; name: string; net: string; beat: { id: string; name: string } | null };
  }[];
}

/** Begins a draft of a net on the planner's page and says which. */
export async function newDraft(page: Page, net = "community"): Promise<number> {
  await page.locator("[data-do=new-draft]").click();
  await page.locator(`[data-net=${net}]`).click();
  await page.locator("[data-do=make-draft]").click();
  await page.locator(".draft-head").waitFor();
  return Number(/edition=(\d+)/.exec(page.url())?.[1]);
}

/** Gives the open draft up. */
export async function discard(page: Page): Promise<void> {
  await page.locator("[data-do=discard]").click();
  await page.getByRole("dialog").locator("[data-do=confirm]").click();
  await page.locator(".draft-head").waitFor({ state: "detached" });
}

/** A vertex where exactly three grids meet, in the thick of the city. */
export function sharedCorner(features: Grids["features"]): Spot {
  const grids = new Map<string, Set<string>>();
  for (const { geometry, properties } of features) {
    const polygons = (
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates
    ) as number[][][][];
    for (const [lon = 0, lat = 0] of polygons.flat(2)) {
      const key = `${lon},${lat}`;
      grids.set(key, (grids.get(key) ?? new Set()).add(properties.code));
    }
  }
  const spots = [...grids]
    .filter(([, codes]) => codes.size === 3)
    .map(([key]) => key.split(",").map(Number) as Spot);
  const far = ([lon, lat]: Spot) => Math.hypot(lon - 118.31, lat - 36.82);
  const [first] = spots.sort((a, b) => far(a) - far(b));
  if (first === undefined) throw new Error("no corner of three grids");
  return first;
}

/** Opens the draft with the place in the middle of the map. */
export async function lookAt(page: Page, edition: number, [lon, lat]: Spot, zoom = 16.5): Promise<void> {
  await page.goto(`/planner/#edition=${edition}&map=${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`);
  await page.reload();
  await page.locator(".tool-column").waitFor();
  await drawn(page);
}

/** Waits until the map says that all is drawn: it may be long at it, and the tools work before. */
export async function drawn(page: Page): Promise<boolean> {
  const idle = page.locator(".map-canvas[data-state=idle]");
  return idle.waitFor({ timeout: patience / 4 }).then(
    () => true,
    () => false,
  );
}

export async function picture(page: Page, name: string): Promise<void> {
  if (await drawn(page)) await shoot(page, name);
}

export async function middleOfMap(page: Page): Promise<[number, number]> {
  const box = await page.locator(".planner-map .map-canvas").first().boundingBox();
  if (box === null) throw new Error("no map");
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Clicks one after the other, so many pixels from the middle of the map; the last one twice. */
export async function drawLine(page: Page, ...offsets: Spot[]): Promise<void> {
  const [x, y] = await middleOfMap(page);
  for (const [dx, dy] of offsets) {
    await page.mouse.move(x + dx, y + dy, { steps: 2 });
    await page.mouse.click(x + dx, y + dy);
  }
  await page.keyboard.press("Enter");
}

/** Drags from one place to another, so many pixels from the middle of the map. */
export async function drag(page: Page, from: Spot, to: Spot): Promise<void> {
  const [x, y] = await middleOfMap(page);
  await page.mouse.move(x + from[0], y + from[1]);
  await page.mouse.down();
  await page.mouse.move(x + to[0], y + to[1], { steps: 3 });
  await page.mouse.up();
}

export async function clickAt(page: Page, [dx, dy]: Spot): Promise<void> {
  const [x, y] = await middleOfMap(page);
  await page.mouse.click(x + dx, y + dy);
}

/** Waits until the draft is saved as this version. */
export async function saved(page: Page, version: number): Promise<void> {
  await page.locator(`.draft-saved[data-version='${version}']`).waitFor();
}
