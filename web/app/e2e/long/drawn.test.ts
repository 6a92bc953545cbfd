import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, desk, patience, shoot, World } from "../world";

let world: World;
let page: Page;

beforeAll(async () => {
  world = await World.open();
  page = await world.signedIn("planner");
});
afterAll(async () => {
  await world?.close();
});

const tablet = { width: 1024, height: 768 };
/** Before the camera of the fire lane. */
const spot = "18.00/36.82445/118.29855";

interface Fences {
  features: { geometry: { coordinates: number[][][] } | null; properties: { id: string; name: string } }[];
}

test("a fence is drawn, refused at its field, mended, seen on the cameras' page, deleted and brought back", async () => {
  await open(page, "fences");
  await page.keyboard.press("n");
  // A bow-tie: its second and third corner are the wrong way round.
  await draw(page, [-90, -60], [90, 60], [90, -60], [-90, 60]);
  await page.keyboard.press("Backspace");
  await page.locator("[data-handle=new-2]").waitFor();
  expect(await page.locator("[data-handle=new-3]").count()).toBe(0);
  await clickMap(page, -90, 60);
  await page.mouse.move(...(await onScreen(page, -140, 0)));
  await page.locator(".figure-area").waitFor();
  await picture("drawn-fence-1280x800");
  await page.keyboard.press("Enter");

  await page.fill("#fence-name", "规划围栏");
  await page.selectOption("#fence-rule", "fire_lane");
  await page.locator("[data-do=save-fence]").click();
  await page.locator("[data-fault=area]", { hasText: "相交" }).waitFor();
  await page.locator("[data-bad]").waitFor();
  await picture("drawn-refused-1280x800");
  expect(await fenceNamed(page, "规划围栏")).toBeUndefined();

  // Its second corner goes where it crosses nothing; then one is drawn out of an edge, and taken back.
  await drag(page, "corner-1", -90, -160);
  await drag(page, "middle-0", 0, -40);
  await page.locator("[data-handle=corner-4]").waitFor();
  await page.locator(".map-canvas canvas").first().focus();
  await page.keyboard.press("Control+z");
  await page.locator("[data-handle=corner-4]").waitFor({ state: "detached" });
  await page.locator("[data-do=save-fence]").click();
  await page.locator(".save-state", { hasText: "已保存" }).waitFor();
  const fence = await fenceNamed(page, "规划围栏");
  const id = fence?.properties.id ?? "";
  expect(fence?.geometry?.coordinates[0]).toHaveLength(5);
  await page.locator(`[data-thing="${id}"][aria-pressed=true]`).waitFor();
  await picture("drawn-fence-saved-1280x800");

  const admin = await world.signedIn("administrator");
  await admin.goto("/cameras/#camera=cam-fire&tab=fences");
  await admin.locator(`[data-fence="${id}"]`, { hasText: "规划围栏" }).waitFor();
  await admin.context().close();

  await page.locator("[data-do=remove-fence]").click();
  await page.locator(`[data-thing="${id}"]`).waitFor({ state: "detached" });
  await page.locator("[data-do=restore]").click();
  await page.locator(`[data-thing="${id}"]`).waitFor();
  expect(await fenceNamed(page, "规划围栏")).toEqual(fence);
  await page.locator("[data-do=remove-fence]").click();
  await page.locator(`[data-thing="${id}"]`).waitFor({ state: "detached" });
  // That the bow-tie was refused is written to the browser's console.
  const left = world.troubles.filter((trouble) => !/status of 422/.test(trouble));
  world.troubles.splice(0, world.troubles.length, ...left);
});

test("a permit is drawn with its holder, days and stall size; a place gets its class", async () => {
  await page.locator("[data-tab=permits]").click();
  await page.locator("[data-do=make-thing]").click();
  await draw(page, [-60, 40], [60, 40], [60, 110], [-60, 110]);
  // The first corner again ends the ring.
  await page.locator("[data-handle=new-0]").click();
  await page.fill("#permit-name", "周末夜市");
  await page.fill("#permit-holder", "合作社");
  await page.fill("#permit-from", "2026-12-01");
  await page.fill("#permit-until", "2026-12-31");
  await page.fill("#permit-stall", "2.5");
  await page.locator("[data-do=save-permit]").click();
  await page.locator(".thing-row", { hasText: "周末夜市" }).getByText("合作社 · 至 2026-12-31").waitFor();
  await picture("drawn-permit-1280x800");
  const { items } = await ask<{ items: { name: string; from: string; until: string; stall_m2: number }[] }>(
    page,
    "/api/permits",
  );
  expect(items.find(({ name }) => name === "周末夜市")).toMatchObject({
    from: "2026-11-30T16:00:00Z",
    until: "2026-12-31T16:00:00Z",
    stall_m2: 2.5,
  });
  await page.locator("[data-do=remove-permit]").click();
  await page.locator(".thing-row", { hasText: "周末夜市" }).waitFor({ state: "detached" });

  await page.locator("[data-tab=places]").click();
  await page.locator("[data-do=make-thing]").click();
  await page.locator("[data-drawing=spot]").waitFor();
  await clickMap(page, 0, -80);
  await page.fill("#place-name", "测试小学");
  expect(await page.locator("[data-do=save-place]").isDisabled()).toBe(true);
  await page.selectOption("#place-class", "school");
  await page.check("#place-key");
  await page.locator("[data-do=save-place]").click();
  const row = page.locator(".thing-row", { hasText: "测试小学" });
  await row.getByText("学校周边 · 重点点位").waitFor();
  await picture("drawn-place-1280x800");
  // The search of the grids finds it, and leads to its form.
  await page.locator("[data-tab=grids]").click();
  await page.locator(".side-search input").fill("测试小学");
  await row.click();
  await page.locator(".drawn-head", { hasText: "测试小学" }).waitFor();
  const admin = await world.signedIn("administrator");
  const uncovered = await ask<{ items: { name: string; class: string }[] }>(admin, "/api/uncovered");
  const places = await ask<{ items: { name: string; class: string }[] }>(admin, "/api/places");
  expect([...uncovered.items, ...places.items].find(({ name }) => name === "测试小学")?.class).toBe("school");
  await admin.context().close();
  await page.locator("[data-do=remove-place]").click();
  await row.waitFor({ state: "detached" });
});

test("a tablet draws without a keyboard", async () => {
  await page.setViewportSize(tablet);
  await page.locator("[data-do=make-thing]").click();
  await page.locator("[data-do=draw-other]").click();
  await draw(page, [-90, -60], [90, -60], [90, 60], [-90, 60]);
  await page.locator("[data-do=finish]").click();
  await page.locator("[data-handle=corner-2]").click();
  await picture("drawn-place-1024x768");
  await page.locator("[data-do=delete-corner]").click();
  await page.locator("[data-field=area]", { hasText: "3 角" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(tablet.width);
  await page.locator("[data-do=remove-place]").click();
  await page.locator("[data-do=make-thing]").waitFor();
  await page.setViewportSize(desk);
});

test("the heat of alerts is drawn, and no page logged an error", async () => {
  await page.locator("[data-do=layers]").click();
  const asked = page.waitForResponse((response) => response.url().includes("/api/alerts?"));
  await page.getByLabel("告警热力").check();
  expect((await asked).ok()).toBe(true);
  await page.locator(".legend summary").click();
  await picture("drawn-legend-1280x800");
  expect(world.troubles).toEqual([]);
});

async function open(page: Page, tab: string): Promise<void> {
  await page.goto(`/planner/#tab=${tab}&map=${spot}`);
  await page.reload();
  await page.locator("[data-do=make-thing]").waitFor();
  await page.locator(".map-canvas canvas").first().waitFor();
}

/** A picture where the map says soon that all is drawn: it may be long at it, and drawing works before. */
async function picture(name: string): Promise<void> {
  const idle = page.locator(".map-canvas[data-state=idle]").waitFor({ timeout: patience / 4 });
  const drawn = await idle.then(
    () => true,
    () => false,
  );
  if (drawn) await shoot(page, name);
}

type Offset = [right: number, down: number];

/** A place of the screen, so many pixels from the middle of the map. */
async function onScreen(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = await page.locator(".planner-map .map-canvas").boundingBox();
  if (box === null) throw new Error("no map");
  return [box.x + box.width / 2 + x, box.y + box.height / 2 + y];
}

async function clickMap(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.click(...(await onScreen(page, x, y)));
}

/** Clicks the corners of a ring, each once the one before it stands. */
async function draw(page: Page, ...corners: Offset[]): Promise<void> {
  await page.locator("[data-drawing=area]").waitFor();
  for (const [i, corner] of corners.entries()) {
    await clickMap(page, ...corner);
    await page.locator(`[data-handle=new-${i}]`).waitFor();
  }
}

async function drag(page: Page, handle: string, x: number, y: number): Promise<void> {
  const box = await page.locator(`[data-handle=${handle}]`).boundingBox();
  if (box === null) throw new Error(`no ${handle}`);
  const from: [number, number] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + x / 2, from[1] + y / 2);
  await page.mouse.move(from[0] + x, from[1] + y);
  await page.mouse.up();
}

async function fenceNamed(page: Page, name: string): Promise<Fences["features"][number] | undefined> {
  const { features } = await ask<Fences>(page, "/api/fences");
  return features.find(({ properties }) => properties.name === name);
}
