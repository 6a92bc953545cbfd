import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  clickAt,
  discard,
  drag,
  drawLine,
  drawn,
  type Grids,
  lookAt,
  middleOfMap,
  newDraft,
  picture,
  type Spot,
  saved,
  sharedCorner,
} from "../bench";
import { ask, World } from "../world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

test("a grid is split, renamed, taken away and its hole given back, with undo and redo by the keyboard", async () => {
  const page = await world.signedIn("planner");
  const edition = await newDraft(page);
  const before = await gridsOf(page, edition);
  const inner = innerGrid(before.features);
  await lookAt(page, edition, inner.middle, inner.zoom);
  await drawn(page);
  await page.keyboard.press("v");
  await clickAt(page, [0, 0]);
  await page.locator("#grid-code").waitFor();
  expect(await page.inputValue("#grid-code")).toBe(inner.code);

  await page.keyboard.press("x");
  await drawLine(page, [-200, 0], [200, 0]);
  await saved(page, 2);
  await page.keyboard.press("Control+z");
  await saved(page, 3);
  expect((await gridsOf(page, edition)).features).toHaveLength(before.features.length);
  await page.keyboard.press("Control+y");
  await saved(page, 4);
  const made = (await gridsOf(page, edition)).features.find(
    ({ properties: { code } }) => !before.features.some(({ properties }) => properties.code === code),
  );
  if (made === undefined) throw new Error("no new grid");

  // The new half is found by its code, and called otherwise.
  await page.keyboard.press("/");
  await page.keyboard.type(made.properties.code);
  await page.locator(".result").first().click();
  await page.keyboard.press("Escape");
  await page.locator("#grid-name").fill("试验网格");
  await page.locator("[data-do=describe]").click();
  await saved(page, 5);
  await picture(page, "planner-split-1280x800");

  // Without it there is a hole, which goes to the other half.
  page.once("dialog", (dialog) => void dialog.accept());
  await page.locator(".grid-delete").click();
  await saved(page, 6);
  await lookAt(page, edition, inner.middle, inner.zoom);
  const [hole, other] = await Promise.resolve(await sides(page, inner.code));
  await page.keyboard.press("h");
  await clickAt(page, hole);
  await clickAt(page, other);
  await saved(page, 7);
  const after = await gridsOf(page, edition);
  expect(after.features).toHaveLength(before.features.length);
  expect(await codeUnder(page, hole)).toBe(inner.code);
  await discard(page);
  await page.context().close();
});

test("neighbours are merged by mouse and by key, and a border is snapped, where a hint is seen", async () => {
  const page = await world.signedIn("planner");
  const edition = await newDraft(page);
  const { features } = await gridsOf(page, edition);
  await lookAt(page, edition, sharedCorner(features));
  await drawn(page);
  const [a, b, c] = await around(page);
  await page.keyboard.press("u");
  await clickAt(page, a.at);
  await clickAt(page, b.at);
  await saved(page, 2);
  expect(await codeUnder(page, b.at)).toBe(a.code);
  await page.keyboard.press("v");
  await clickAt(page, a.at);
  const [x, y] = await middleOfMap(page);
  await page.keyboard.down("Shift");
  await page.mouse.click(x + c.at[0], y + c.at[1]);
  await page.keyboard.up("Shift");
  await page.locator(".several").waitFor();
  await page.keyboard.press("u");
  await page.keyboard.press("Enter");
  await saved(page, 3);
  expect(await codeUnder(page, c.at)).toBe(a.code);
  await page.keyboard.press("z");
  await saved(page, 4);
  await page.keyboard.press("z");
  await saved(page, 5);

  // Near the corner a drawn point snaps to it: a ring stands there.
  await page.keyboard.press("r");
  await page.mouse.move(x + 5, y + 4, { steps: 2 });
  await expect.poll(() => inkAround(page, 9)).toBeGreaterThan(0);
  await page.mouse.move(x + 60, y + 200, { steps: 2 });
  await expect.poll(() => inkAround(page, 9)).toBe(0);
  await discard(page);
  await page.context().close();
});

test("a refusal is shown at its place and changes nothing; measuring, comparing and the heat of alerts change nothing", async () => {
  const page = await world.signedIn("planner");
  const edition = await newDraft(page);
  const { features } = await gridsOf(page, edition);
  await lookAt(page, edition, sharedCorner(features), 14);
  await drawn(page);
  await page.keyboard.press("m");
  await drag(page, [0, 0], [330, 280]);
  const refusal = page.locator(".refusal-words");
  await refusal.waitFor();
  await picture(page, "planner-refused-1280x800");
  const [box, map] = [
    await refusal.boundingBox(),
    await page.locator(".planner-map .map-canvas").first().boundingBox(),
  ];
  if (box === null || map === null) throw new Error("nothing to be seen");
  expect(box.x + box.width / 2).toBeGreaterThan(map.x);
  expect(box.x + box.width / 2).toBeLessThan(map.x + map.width);
  await page.keyboard.press("Escape");
  await refusal.waitFor({ state: "detached" });

  await page.keyboard.press("d");
  await drawLine(page, [-100, -100], [100, -100], [100, 100]);
  await picture(page, "planner-measure-1280x800");
  await page.keyboard.press("Escape");
  await page.locator("[data-do=compare]").click();
  await page.locator(".compare-bar").waitFor();
  await drawn(page);
  await picture(page, "planner-compare-1280x800");
  const split = await page.locator(".compare-bar").boundingBox();
  if (split === null) throw new Error("no slider");
  await page.mouse.move(split.x + split.width / 2, split.y + split.height / 2);
  await page.mouse.down();
  await page.mouse.move(split.x + 150, split.y + split.height / 2, { steps: 3 });
  await page.mouse.up();
  await expect
    .poll(async () => ((await page.locator(".compare-bar").boundingBox())?.x ?? 0) - split.x)
    .toBeGreaterThan(100);
  await page.locator("[data-do=compare-end]").click();
  await page.locator("[data-do=layers]").click();
  const asked = page.waitForRequest(/\/api\/alerts\?.*since=/);
  await page.locator(".layers input").last().check();
  await asked;
  await picture(page, "planner-heat-1280x800");
  expect(await page.locator(".draft-saved").getAttribute("data-version")).toBe("1");
  await discard(page);
  await page.context().close();
});

test("no page logged an error or asked another host for anything", () => {
  expect(world.troubles).toEqual([]);
});

const gridsOf = (page: Page, edition: number) =>
  ask<Grids>(page, `/api/grids?net=community&edition=${edition}`);

/** The code of the grid under the pointer, as the line below the map says it; null for nobody's ground. */
async function codeUnder(page: Page, [dx, dy]: Spot): Promise<string | null> {
  const [x, y] = await middleOfMap(page);
  await page.mouse.move(x + dx - 3, y + dy);
  await page.mouse.move(x + dx, y + dy);
  const line = page.locator(".under");
  await line.waitFor();
  const codes = await line.locator(".code").allTextContents();
  return codes.find((code) => /^\d{15}$/.test(code)) ?? null;
}

/** The three grids around the middle of the map, each with a spot on it. */
async function around(page: Page) {
  const found = new Map<string, Spot>();
  for (let i = 0; i < 16; i++) {
    const at: Spot = [
      Math.round(110 * Math.cos((i * Math.PI) / 8)),
      Math.round(110 * Math.sin((i * Math.PI) / 8)),
    ];
    const code = await codeUnder(page, at);
    if (code !== null && !found.has(code)) found.set(code, at);
  }
  const [a, b, c] = [...found].map(([code, at]) => ({ code, at }));
  if (a === undefined || b === undefined || c === undefined)
    throw new Error("not three grids around the corner");
  return [a, b, c] as const;
}

/** Of the two halves of the grid in the middle, a spot on that which is a hole now, and one on the other. */
async function sides(page: Page, code: string): Promise<[hole: Spot, other: Spot]> {
  const [north, south]: Spot[] = [
    [0, -60],
    [0, 60],
  ];
  if (north === undefined || south === undefined) throw new Error("no halves");
  return (await codeUnder(page, north)) === code ? [south, north] : [north, south];
}

/** How many pixels of the snap's ring are seen at so many pixels around the middle of the sketch. */
function inkAround(page: Page, radius: number): Promise<number> {
  return page.evaluate((radius) => {
    const canvas = document.querySelector<HTMLCanvasElement>("canvas.sketch");
    const pen = canvas?.getContext("2d");
    if (canvas === null || pen === null || pen === undefined) throw new Error("no sketch");
    const probe = document.createElement("canvas").getContext("2d");
    if (probe === null) throw new Error("no canvas");
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--good").trim();
    probe.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data;
    let found = 0;
    for (let i = 0; i < 64; i++) {
      const x = canvas.width / 2 + radius * devicePixelRatio * Math.cos((i * Math.PI) / 32);
      const y = canvas.height / 2 + radius * devicePixelRatio * Math.sin((i * Math.PI) / 32);
      const [pr = 0, pg = 0, pb = 0] = pen.getImageData(Math.round(x), Math.round(y), 1, 1).data;
      if (Math.abs(pr - r) + Math.abs(pg - g) + Math.abs(pb - b) < 60) found++;
    }
    return found;
  }, radius);
}

/** A grid inside of the city that fills its box well: its middle, and the zoom at which it is 300 pixels wide. */
function innerGrid(features: Grids["features"]): { code: string; middle: Spot; zoom: number } {
  const owners = new Map<string, number>();
  const rings = features.map(({ geometry, properties: { code } }) => ({
    code,
    ring: (geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates[0]?.[0]) as Spot[],
  }));
  for (const { ring } of rings)
    for (const at of ring.slice(1)) owners.set(`${at}`, (owners.get(`${at}`) ?? 0) + 1);
  const [best] = rings
    .filter(({ ring }) => ring.every((at) => (owners.get(`${at}`) ?? 0) > 1))
    .map(({ code, ring }) => {
      const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)];
      const [west, east] = [Math.min(...lons), Math.max(...lons)];
      const [south, north] = [Math.min(...lats), Math.max(...lats)];
      let area = 0;
      ring.slice(1).forEach(([x, y], i) => {
        const [px, py] = ring[i] as Spot;
        area += (px * y - x * py) / 2;
      });
      const middle: Spot = [(west + east) / 2, (south + north) / 2];
      const zoom = Math.log2((300 * 360) / (512 * (east - west)));
      return { code, middle, zoom, full: Math.abs(area) / ((east - west) * (north - south)) };
    })
    .sort((a, b) => b.full - a.full);
  if (best === undefined) throw new Error("no grid lies inside of the city");
  return best;
}
