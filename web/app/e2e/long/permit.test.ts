import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, patience, send, shoot, World } from "../world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

interface Permit {
  id: string;
  name: string;
  holder: string;
  until: string;
}

const within = { timeout: patience, interval: 1000 };

test("a permit that is drawn on the map stops the vendor's alert, is changed, and ends", async () => {
  const page = await world.signedIn("administrator");
  page.on("dialog", (dialog) => void dialog.accept());
  try {
    await page.goto("/cameras/#camera=cam-vending&tab=permits");
    await page.locator("[data-do=draw-permit]").click();
    for (const corner of await around(page, "桓公路严禁摆摊路段", 12)) {
      await page.mouse.click(...corner);
    }
    await page.keyboard.press("Enter");
    await page.fill("#permit-name", "桓公路早市");
    await page.fill("#permit-holder", "雪宫街道办");
    await page.locator("[data-do=save-permit]").click();
    await page.locator(".save-state", { hasText: "已保存" }).waitFor();
    await page.locator(".drawn-item", { hasText: "有效期内" }).waitFor();
    await page.locator(".pane-map .shape-permit text", { hasText: "桓公路早市" }).waitFor();
    await shoot(page, "cameras-permit-1280x800");
    const { id } = await permit(page);

    // The stall is built up again and again; with the permit no alert of it stays open.
    await expect.poll(() => openVending(page), within).toBe(0);
    const centre = await world.signedIn("operator");
    await centre.goto("/centre/#side=whyNot&camera=cam-vending");
    await centre.reload();
    const gate = centre.locator(".candidate[data-gate=permit]").first();
    await expect
      .poll(async () => {
        await centre.locator("[data-do=refresh]").click();
        return gate.count();
      }, within)
      .toBeGreaterThan(0);
    await gate.getByText("此处此时有许可，允许停留").first().waitFor();
    await gate.scrollIntoViewIfNeeded();
    await shoot(centre, "centre-permit-1280x800");
    await centre.context().close();

    await page.fill("#permit-holder", "雪宫街道疏导点");
    await page.locator("[data-do=save-permit]").click();
    await page.locator(".drawn-item", { hasText: "雪宫街道疏导点" }).waitFor();
    expect(await permit(page)).toMatchObject({ id, holder: "雪宫街道疏导点" });

    const past = new Date().getFullYear() - 1;
    await page.fill("#permit-from", `${past}-01-01`);
    await page.fill("#permit-until", `${past}-01-31`);
    await page.locator("[data-do=save-permit]").click();
    await page.locator(".drawn-item", { hasText: "已过期" }).waitFor();
    expect(Date.parse((await permit(page)).until)).toBe(Date.parse(`${past}-01-31T16:00:00Z`));
    await expect.poll(() => openVending(page), { ...within, timeout: 2 * patience }).toBeGreaterThan(0);

    await page.locator("[data-do=remove-permit]").click();
    await page.locator(".drawn-item", { hasText: "桓公路早市" }).waitFor({ state: "detached" });
    expect(await permits(page)).toEqual([]);
  } finally {
    for (const { id } of await permits(page)) await send(page, "DELETE", `/api/permits/${id}`, undefined);
  }
  await page.context().close();
  expect(world.troubles).toEqual([]);
});

async function permits(page: Page): Promise<Permit[]> {
  const { items } = await ask<{ items: Permit[] }>(page, "/api/permits");
  return items.filter(({ name }) => name === "桓公路早市");
}

async function permit(page: Page): Promise<Permit> {
  const [only, ...others] = await permits(page);
  if (only === undefined || others.length > 0) throw new Error(`${others.length} others`);
  return only;
}

async function openVending(page: Page): Promise<number> {
  const { items } = await ask<{ items: { camera: { id: string }; state: string }[] }>(page, "/api/alerts");
  return items.filter(({ camera, state }) => camera.id === "cam-vending" && state !== "cleared").length;
}

/** The corners of a box around a fence that is drawn on the map, so many pixels away from it. */
async function around(page: Page, fence: string, away: number): Promise<[number, number][]> {
  await page.locator(".map-canvas[data-state=idle]").waitFor();
  const shape = page.locator(".pane-map .shape-fence", { hasText: fence }).locator("path");
  const box = await shape.boundingBox();
  if (box === null) throw new Error(`no ${fence}`);
  const [left, top] = [box.x - away, box.y - away];
  const [right, bottom] = [box.x + box.width + away, box.y + box.height + away];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
