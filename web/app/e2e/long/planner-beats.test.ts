import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Grids, middleOfMap, picture, type Spot } from "../bench";
import { ask, World } from "../world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

interface Beats {
  items: {
    id: string;
    name: string;
    colour: number;
    grids: { net: string; code: string }[];
    members: { id: number; name: string }[];
  }[];
}

test("grids are clicked into a beat and out; what others lose is told first, and who answers follows", async () => {
  const page = await world.signedIn("planner");
  const before = await ask<Beats>(page, "/api/beats");
  const { spot, code } = await offTheRoads(page);
  const owner = before.items.find(({ grids }) => grids.some((grid) => grid.code === code));
  if (owner === undefined) throw new Error("the grid in the middle has no beat");

  await page.goto(`/planner/#tab=beats&map=16.00/${spot[1]}/${spot[0]}`);
  await page.reload();
  await page.locator("[data-do=new-beat]").click();
  await page.fill("#beat-name", "试验责任网格");
  await page.locator(".beat-colours [data-colour='5']").click();
  await page.selectOption("#beat-add", { index: 1 });
  await page.selectOption("#beat-add", { index: 1 });
  await page.locator(".beat-members li:nth-child(2) button").first().click();
  const first = (await page.locator(".beat-members li").first().locator(".beat-grid").textContent()) ?? "";

  await clickMiddle(page);
  await page.locator(".beat-taken[data-taken='1']").waitFor();
  expect(await page.locator(".beat-taken").textContent()).toContain(owner.name);
  expect(await page.locator("[data-do=save-beat]").isDisabled()).toBe(true);
  await picture(page, "planner-beat-taken-1280x800");
  // Out and in again.
  await clickMiddle(page);
  await page.locator(".beat-taken").waitFor({ state: "detached" });
  await clickMiddle(page);
  await page.check("#beat-take-over");
  await page.locator("[data-do=save-beat]").click();
  await page.locator("[data-do=new-beat]").waitFor();
  await picture(page, "planner-beats-1280x800");

  const after = await ask<Beats>(page, "/api/beats");
  const made = after.items.find(({ name }) => name === "试验责任网格");
  expect(made).toMatchObject({ colour: 5, grids: [{ code }] });
  expect(first).toContain(made?.members[0]?.name);
  expect(after.items.find(({ id }) => id === owner.id)?.grids).toHaveLength(owner.grids.length - 1);
  const { features } = await ask<Grids>(page, "/api/grids?net=community");
  expect(features.find(({ properties }) => properties.code === code)?.properties.beat?.id).toBe(made?.id);

  // The new beat goes, and the grid is nobody's until the old one has it again.
  page.once("dialog", (dialog) => void dialog.accept());
  await page.locator(`[data-beat='${made?.id}']`).click();
  await page.locator("[data-do=delete-beat]").click();
  await page.locator("[data-left='1']").waitFor();
  await picture(page, "planner-beats-left-1280x800");
  const { name, colour, members, grids: had } = owner;
  const restored = await page.request.put(`/api/beats/${owner.id}`, {
    data: {
      name,
      colour,
      members: members.map(({ id }) => id),
      grids: had.map(({ net, code }) => ({ net, code })),
    },
    headers: { Origin: new URL(page.url()).origin },
  });
  expect(restored.status()).toBe(200);
  expect(grids(await ask<Beats>(page, "/api/beats"))).toEqual(grids(before));
  await page.context().close();
});

test("no page logged an error or asked another host for anything", () => {
  expect(world.troubles).toEqual([]);
});

/** A spot in the thick of the city on which no road runs, and the grid that it is. */
async function offTheRoads(page: Page): Promise<{ spot: Spot; code: string }> {
  for (let i = 0; i < 20; i++) {
    const spot: Spot = [118.3 + i * 0.001, 36.825];
    const place = await ask<{ community: { code: string } | null; road: object | null }>(
      page,
      `/api/locate?lon=${spot[0]}&lat=${spot[1]}`,
    );
    if (place.community !== null && place.road === null) return { spot, code: place.community.code };
  }
  throw new Error("roads everywhere");
}

/** Which grids each beat has. */
function grids({ items }: Beats): Record<string, string[]> {
  return Object.fromEntries(items.map(({ id, grids }) => [id, grids.map(({ code }) => code)]));
}

async function clickMiddle(page: Page): Promise<void> {
  const map = page.locator(".planner-map .map-canvas").first();
  await page.locator(".map-canvas[data-state=idle]").first().waitFor();
  await map.waitFor();
  await page.mouse.click(...(await middleOfMap(page)));
}
