import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addCamera, ask, patience, send, shoot, World } from "../world";
import { type KnockableCamera, knockableCamera } from "./street";

let world: World;
let camera: KnockableCamera;

beforeAll(async () => {
  world = await World.open();
  camera = await knockableCamera();
});
afterAll(async () => {
  camera?.end();
  await world?.close();
});

interface Listed {
  id: number;
  rule: string;
  state: string;
  camera: { id: string };
  grid: { name: string } | null;
}

const within = { timeout: patience, interval: 500 };

test("a camera that is knocked aside is an alert of its grid with both pictures, decides nothing, and is well again when set straight", async () => {
  const page = await world.signedIn("administrator");
  const id = await addCamera(page, "被碰的机位", camera.url);
  const fence = `fence-${id}`;
  try {
    const { views } = await ask<{ views: { id: string }[] }>(page, `/api/cameras/${id}`);
    const frame = [
      [0.02, 0.3],
      [0.98, 0.3],
      [0.98, 0.98],
      [0.02, 0.98],
    ];
    const whole = {
      name: "整幅画面",
      rule: "vending",
      area: null,
      view: views[0]?.id,
      frame,
      hours: {},
      thresholds: {},
    };
    await send(page, "PUT", `/api/fences/${fence}`, whole);
    // It knows how the view should look once it has looked there for a while.
    await page.goto(`/cameras/#camera=${id}&tab=source`);
    await page.locator("#camera-known a").waitFor();

    camera.knock(true);
    await expect.poll(async () => (await alertOf(page, id))?.rule, within).toBe("camera_moved");
    const alert = await alertOf(page, id);
    expect(alert?.grid?.name).toBeTruthy();

    const centre = await world.signedIn("operator");
    await centre.goto(`/centre/#alert=${alert?.id}`);
    await centre.reload();
    await centre.locator(".panel .evidence img").nth(1).waitFor();
    await shoot(centre, "centre-moved-1280x800");
    await centre.goto(`/centre/#side=whyNot&camera=${id}`);
    await centre.reload();
    const unfit = centre.locator(".unfit", { hasText: "镜头被移动" });
    await expect
      .poll(async () => {
        await centre.locator("[data-do=refresh]").click();
        return unfit.count();
      }, within)
      .toBe(1);
    await unfit.getByText("这些画面既不预警，也不解除").waitFor();
    await shoot(centre, "centre-moved-whynot-1280x800");

    camera.knock(false);
    await expect.poll(async () => (await alertOf(page, id))?.state, within).toBe("cleared");
    await centre.context().close();
  } finally {
    await send(page, "DELETE", `/api/cameras/${id}`, undefined);
  }
  await page.context().close();
  expect(world.troubles).toEqual([]);
});

async function alertOf(page: Page, camera: string): Promise<Listed | undefined> {
  const { items } = await ask<{ items: Listed[] }>(page, "/api/alerts");
  return items.find((alert) => alert.camera.id === camera);
}
