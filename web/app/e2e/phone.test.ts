import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { phone, shoot, World } from "./world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

test("the centre on a phone: the map above, the list below, an alert over both, nothing beside the screen", async () => {
  const page = await world.signedIn("operator", phone);
  const row = page.locator(".row").first();
  await row.waitFor();
  await page.locator(".map-canvas[data-alerts]:not([data-alerts='0'])").waitFor();
  const [map, list] = [
    await page.locator(".centre-map").boundingBox(),
    await page.locator(".list").boundingBox(),
  ];
  expect(map?.width).toBe(phone.width);
  expect(list?.y).toBeGreaterThanOrEqual((map?.y ?? 0) + (map?.height ?? 0));
  expect(list?.height).toBeGreaterThan(2 * 88);
  expect(await cutOff(page)).toEqual([]);
  await shoot(page, "centre-390x844");

  await row.tap();
  await page.locator(".panel .evidence img").first().waitFor();
  const panel = await page.locator(".panel").boundingBox();
  expect([panel?.x, panel?.y, panel?.width]).toEqual([0, 0, phone.width]);
  await page.locator(".panel [data-do=acknowledge], .panel .panel-foot-done").waitFor();
  await shoot(page, "centre-panel-390x844");
  await page.locator(".panel-head .tool").tap();
  await page.locator(".panel").waitFor({ state: "detached" });

  await page.locator("[data-tab=dwelling]").tap();
  await page.locator(".dwell").first().waitFor();
  await page.locator("[data-tab=whyNot]").tap();
  await page.locator(".whynot-cameras [data-camera=cam-vending]").tap();
  await page.locator(".whynot-frames").waitFor();
  expect(await cutOff(page)).toEqual([]);
  await page.context().close();
  expect(world.troubles).toEqual([]);
});

/** What can be pressed or read in the header and beside the map, and reaches over the edge of the screen. */
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".centre > .bar *, .centre-side button, .centre-side p")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth)
      .map((one) => one.className),
  );
}
