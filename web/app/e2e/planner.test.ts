import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  discard,
  type Grids,
  lookAt,
  middleOfMap,
  newDraft,
  picture,
  type Spot,
  sharedCorner,
} from "./bench";
import { ask, desk, loginOf, patience, shoot, signIn, World } from "./world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

const tablet = { width: 1024, height: 768 };
const phone = { width: 390, height: 844 };

test("a border is moved, what it moves is seen, it is reviewed, in force tomorrow, and rolled back", async () => {
  const page = await world.signedIn("planner");
  const { features } = await ask<Grids>(page, "/api/grids?net=community");
  const corner = sharedCorner(features);
  const edition = await newDraft(page);

  await lookAt(page, edition, corner);
  await page.keyboard.press("m");
  const middle = await middleOfMap(page);
  await page.mouse.move(...middle);
  await page.mouse.down();
  await page.mouse.move(middle[0] + 30, middle[1] + 20, { steps: 3 });
  await page.mouse.move(middle[0] + 70, middle[1] + 45, { steps: 3 });
  await picture(page, "planner-drag-1280x800");
  await page.mouse.up();
  await page.locator(".draft-saved[data-version='2']").waitFor();
  // Every grid that had the corner followed, and no other.
  await page.locator("[data-impact=grids][data-count='3']").waitFor();
  await page.locator("[data-impact=grids]").click();
  expect(await page.locator(".impact-table tbody tr").count()).toBe(3);
  await picture(page, "planner-impact-1280x800");
  const moved = await movedSpot(page, edition);

  await page.keyboard.press("z");
  await page.locator(".draft-saved[data-version='3']").waitFor();
  await page.keyboard.press("Shift+Z");
  await page.locator(".draft-saved[data-version='4']").waitFor();
  await page.locator("[data-do=submit]").click();
  await page.getByRole("dialog").locator("[data-do=confirm]").click();
  await page.locator(".draft-head [data-standing=submitted]").waitFor();

  const second = await reviewer();
  await second.goto(`/planner/#edition=${edition}`);
  await second.reload();
  await second.locator("[data-do=review]").click();
  await second.fill("#review-note", "与现场一致");
  await picture(second, "planner-review-1280x800");
  await second.getByRole("dialog").locator("[data-do=accept]").click();
  // Who submitted it is told without asking.
  await page.locator("[data-do=publish]").click();
  await page.getByRole("dialog").locator("[data-do=confirm]").click();
  await page.locator(".draft-head [data-standing=ahead]").waitFor();

  const now = await owner(page, moved, 0);
  const tomorrow = await owner(page, moved, 1.6);
  expect(tomorrow).not.toBe(now);
  await page.locator("[data-do=rollback]").click();
  await page.getByRole("dialog").locator("[data-do=confirm]").click();
  await page.locator(".draft-head [data-standing=ahead]").waitFor({ state: "detached" });
  await expect.poll(() => owner(page, moved, 1.6), { timeout: patience }).toBe(now);
  await Promise.all([page.context().close(), second.context().close()]);
});

test("two planners on one draft: the later one sees both shapes and decides", async () => {
  const page = await world.signedIn("planner");
  const { features } = await ask<Grids>(page, "/api/grids?net=community");
  const corner = sharedCorner(features);
  const edition = await newDraft(page);
  await lookAt(page, edition, corner);

  const other = await reviewer();
  const { version } = await ask<{ version: number }>(page, `/api/editions/${edition}`);
  // The page does not hear of it before it sends its own.
  let first = true;
  await page.route("**/commands", async (route) => {
    if (!first) return route.continue();
    first = false;
    await command(other, edition, version, corner, [corner[0] + 0.0002, corner[1] + 0.0002]);
    await route.continue();
  });
  await page.keyboard.press("m");
  const middle = await middleOfMap(page);
  await page.mouse.move(...middle);
  await page.mouse.down();
  await page.mouse.move(middle[0] + 50, middle[1] + 35, { steps: 3 });
  await page.mouse.up();
  await page.locator(".conflicts").waitFor();
  await picture(page, "planner-conflict-1280x800");
  await page.locator("[data-do=take-theirs]").click();
  await page.locator(".conflicts").waitFor({ state: "detached" });
  await page.locator(`.draft-saved[data-version='${version + 1}']`).waitFor();

  await discard(page);
  // That it came too late is written to the browser's console.
  const left = world.troubles.filter((trouble) => !/status of 409/.test(trouble));
  world.troubles.splice(0, world.troubles.length, ...left);
  await Promise.all([page.context().close(), other.context().close()]);
});

test("the page fits a tablet and can be read on a phone", async () => {
  for (const [name, size] of [
    ["1024x768", tablet],
    ["390x844", phone],
  ] as const) {
    const page = await world.signedIn("planner", size);
    await page.locator(".planner-map .map-canvas canvas").waitFor();
    await shoot(page, `planner-${name}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
    await page.context().close();
  }
});

test("no page logged an error or asked another host for anything", () => {
  expect(world.troubles).toEqual([]);
});

/** A place that the draft gives to another grid: inside a triangle of it. */
async function movedSpot(page: Page, edition: number): Promise<Spot> {
  const { ground } = await ask<{ ground: { area_m2: number; geometry: { coordinates: unknown[] } }[] }>(
    page,
    `/api/editions/${edition}/impact`,
  );
  const [largest] = ground.sort((one, other) => other.area_m2 - one.area_m2);
  const numbers = (largest?.geometry.coordinates ?? []).flat(Number.POSITIVE_INFINITY) as number[];
  const mean = (k: 0 | 1) => ((numbers[k] ?? 0) + (numbers[k + 2] ?? 0) + (numbers[k + 4] ?? 0)) / 3;
  return [mean(0), mean(1)];
}

/** Whose the place is, so many days from now. */
async function owner(page: Page, [lon, lat]: Spot, days: number): Promise<string> {
  const at = new Date(Date.now() + days * 24 * 3600_000).toISOString();
  const place = await ask<{ community: { code: string } | null }>(
    page,
    `/api/locate?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}&at=${at}`,
  );
  return place.community?.code ?? "";
}

/** Another person who may review. */
async function reviewer(): Promise<Page> {
  const page = await (await world.visitor(desk)).newPage();
  await page.goto("/login/");
  await signIn(page, loginOf("planner", 1));
  return page;
}

async function command(page: Page, edition: number, version: number, from: Spot, to: Spot): Promise<void> {
  const response = await page.request.post(`/api/editions/${edition}/commands`, {
    data: { base_version: version, op: "move_vertex", from, to },
    headers: { Origin: new URL(page.url()).origin },
  });
  expect(response.status()).toBe(200);
}
