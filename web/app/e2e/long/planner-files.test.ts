import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discard, picture, type Spot, saved } from "../bench";
import { ask, World } from "../world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

interface Mends {
  total: number;
  mends: { id: string; kind: string }[];
}

test("a file with slivers becomes a draft, some of its mends are accepted, and it is exported again", async () => {
  const page = await world.signedIn("planner");
  await page.locator("[data-do=import]").click();
  await page.setInputFiles("#import-file", {
    name: "社网.geojson",
    mimeType: "application/geo+json",
    buffer: Buffer.from(slivered()),
  });
  await page.fill("#import-crs", "EPSG:4326");
  await page.locator("[data-do=send-import]").click();
  await page.locator(".draft-head").waitFor();
  const edition = Number(/edition=(\d+)/.exec(page.url())?.[1]);
  await page.locator("[data-do=check]").click();
  await page.locator(".mends").waitFor();
  const before = await ask<Mends>(page, `/api/editions/${edition}/mends`);
  expect(before.total).toBeGreaterThan(1);
  await page.locator(".mend-words").first().click();
  await picture(page, "planner-mends-1280x800");
  expect(await page.locator("[data-do=accept-mends]").isDisabled()).toBe(true);
  await page.locator(".mend input").first().check();
  const { version } = await ask<{ version: number }>(page, `/api/editions/${edition}`);
  await page.locator("[data-do=accept-mends]").click();
  await saved(page, version + 1);
  const after = await ask<Mends>(page, `/api/editions/${edition}/mends`);
  // The one that was ticked is mended, the others are as they were.
  expect(after.total).toBe(before.total - 1);

  await page.locator("[data-do=export]").click();
  await page.selectOption("#export-format", "geojson");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("[data-do=download]").click(),
  ]);
  const file = JSON.parse(readFileSync(await download.path(), "utf8")) as { features: unknown[] };
  expect(file.features).toHaveLength(3);
  await page.keyboard.press("Escape");
  await discard(page);
  await page.context().close();
});

test("no page logged an error or asked another host for anything", () => {
  expect(world.troubles).toEqual([]);
});

/** Three blocks side by side, with strips of 40 and 60 cm between them that are nobody's. */
function slivered(): string {
  const metre = 1 / 89_000;
  const block = (n: number, west: number): object => {
    const at = (east: number, north: number): Spot => [118.3 + east * metre, 36.8 + north * metre];
    const ring = [at(west, 0), at(west + 200, 0), at(west + 200, 300), at(west, 300), at(west, 0)];
    return {
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [ring] },
      properties: { code: `37030599100100${n}`, name: `试验块 ${n}`, kind: "community", street: "试验街道" },
    };
  };
  return JSON.stringify({
    type: "FeatureCollection",
    features: [block(1, 0), block(2, 200.4), block(3, 401)],
  });
}
