import { afterAll, beforeAll, expect, test } from "vitest";
import {
  clickAt,
  discard,
  drag,
  drawLine,
  type Grids,
  lookAt,
  middleOfMap,
  newDraft,
  picture,
  type Spot,
  saved,
} from "../bench";
import { ask, World } from "../world";

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world?.close();
});

/** A piece of ground in the demonstration city where no road of it runs. */
const open: Spot = [118.3155, 36.8105];

interface Sections {
  features: {
    properties: {
      code: string;
      name: string;
      street: string;
      section?: { left_m: number; class: number; line: Spot[] };
    };
  }[];
}

test("a road is drawn by its centre line, crosses another, and is undone", async () => {
  const page = await world.signedIn("planner");
  const edition = await newDraft(page, "road");
  await lookAt(page, edition, open);
  const before = await ask<Grids>(page, `/api/grids?net=road&edition=${edition}`);
  const laidRoads = async () => {
    const { features } = await ask<Sections>(page, `/api/grids?net=road&edition=${edition}`);
    return features.filter(({ properties }) => properties.section !== undefined);
  };

  await page.keyboard.press("l");
  await page.locator(".road-form").waitFor();
  expect(await page.locator("[data-do=lay-road]").isDisabled()).toBe(true);
  await drawLine(page, [-180, 0], [-40, -10], [110, 20]);
  await page.fill("#road-name", "试验西路");
  await page.selectOption("#road-class", "4");
  const wide = await size();
  await page.fill("#road-leftM", "12");
  await expect.poll(size).toBeGreaterThan(wide * 1.4);
  // A point of the finished line is dragged, and the ground follows.
  const straight = await size();
  await drag(page, [-40, -10], [-40, -90]);
  await expect.poll(size).toBeGreaterThan(straight * 1.03);
  await picture(page, "planner-road-drawn-1280x800");
  await page.locator("[data-do=lay-road]").click();
  await saved(page, 2);
  const [west] = await laidRoads();
  expect(west?.properties).toMatchObject({ name: "试验西路", section: { class: 4, left_m: 12 } });
  // The service gave the next code of the street's roads, and the street.
  expect(west?.properties.code).toMatch(/^\d{9}900\d{3}$/);
  expect(west?.properties.street).not.toBe("");
  expect(await page.locator(".road-laid").getAttribute("data-changed")).toBe("1");

  // A higher road across it: the first one ends at its edges.
  await drawLine(page, [40, -170], [40, 170]);
  await page.fill("#road-name", "试验大道");
  await page.selectOption("#road-class", "2");
  await page.locator("[data-do=lay-road]").click();
  await saved(page, 3);
  await page.locator(".road-laid[data-changed='2']").waitFor();
  await picture(page, "planner-road-laid-1280x800");
  expect(await laidRoads()).toHaveLength(2);
  await page.keyboard.press("z");
  await saved(page, 4);
  expect((await laidRoads()).map(({ properties }) => properties.name)).toEqual(["试验西路"]);

  // What stands is chosen and its widths are changed.
  await page.keyboard.press("v");
  await clickAt(page, [-120, -45]);
  await page.locator("[data-do=change-road]").click();
  expect(await page.inputValue("#road-leftM")).toBe("12");
  await page.fill("#road-rightM", "9");
  await page.locator("[data-do=lay-road]").click();
  await saved(page, 5);
  const after = await ask<Grids>(page, `/api/grids?net=road&edition=${edition}`);
  expect(after.features).toHaveLength(before.features.length + 1);
  await discard(page);
  await page.context().close();

  async function size(): Promise<number> {
    return Number(await page.locator(".road-size").getAttribute("data-m2"));
  }
});

test("a road that would swallow another is refused at the place, and an own polygon goes through", async () => {
  const page = await world.signedIn("planner");
  const edition = await newDraft(page, "road");
  await lookAt(page, edition, open);
  await page.keyboard.press("l");
  await drawLine(page, [-60, 0], [60, 0]);
  await page.fill("#road-name", "试验支路");
  await page.selectOption("#road-class", "4");
  await page.locator("[data-do=lay-road]").click();
  await saved(page, 2);

  await drawLine(page, [-120, 0], [120, 0]);
  await page.fill("#road-name", "试验快速路");
  await page.selectOption("#road-class", "1");
  await page.locator("[data-do=lay-road]").click();
  const refusal = page.locator(".refusal-words");
  await refusal.waitFor();
  expect(await refusal.textContent()).toContain("试验支路");
  await picture(page, "planner-road-refused-1280x800");
  const bubble = await refusal.boundingBox();
  if (bubble === null) throw new Error("no refusal to be seen");
  // It stands over the middle of the road that would be lost, which is the middle of the map.
  const [x, y] = await middleOfMap(page);
  expect(Math.abs(bubble.x + bubble.width / 2 - x)).toBeLessThan(4);
  expect(Math.abs(bubble.y + bubble.height + 18 - y)).toBeLessThan(4);
  // What was drawn is still there, to be changed.
  expect(await page.inputValue("#road-name")).toBe("试验快速路");

  await page.locator(".road-tab[data-tab=ground]").click();
  await drawLine(page, [-20, -70], [30, -70], [30, 70], [-20, 70]);
  await page.fill("#road-name", "试验广场");
  await page.locator("[data-do=lay-road]").click();
  await saved(page, 3);
  await page.locator(".road-laid[data-changed='2']").waitFor();
  await picture(page, "planner-road-ground-1280x800");
  await discard(page);
  // A refusal is written to the browser's console.
  world.troubles.splice(
    0,
    world.troubles.length,
    ...world.troubles.filter((one) => !/status of 422/.test(one)),
  );
  await page.context().close();
});

test("no page logged an error or asked another host for anything", () => {
  expect(world.troubles).toEqual([]);
});
