import { afterAll, beforeAll, expect, test } from "vitest";
import { addCamera, ask, patience, send, shoot, World } from "../world";
import { rtspBall, type StreetCamera } from "./street";

let world: World;
const streams: StreetCamera[] = [];

beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  for (const stream of streams) stream.end();
  await world?.close();
});

test("a substream is set on the camera's page, decoded in place of the main stream, and given up when it fails", async () => {
  const [main, small] = await Promise.all([rtspBall(640, 360), rtspBall(320, 180)]);
  streams.push(main, small);
  const page = await world.signedIn("administrator");
  const id = await addCamera(page, "双码流机位", main.url);
  try {
    await page.goto(`/cameras/#camera=${id}&tab=source`);
    const decoded = (text: string) => page.locator("#camera-decoded", { hasText: text }).waitFor();
    await decoded("主码流，每帧 640×360");

    await page.fill("#camera-substream", small.url);
    await page.locator("[data-do=try-substream]").click();
    await page.locator(".trial-ok", { hasText: "320×180" }).waitFor();
    await page.locator("[data-do=save-camera]").click();
    await page.locator(".save-state", { hasText: "已保存" }).waitFor();
    await decoded("子码流，每帧 320×180");
    await shoot(page, "cameras-substream-1280x800");

    small.end();
    await decoded("主码流，每帧 640×360 子码流连不上");
    const state = async () => {
      const { items } = await ask<{ items: { id: string; state: string }[] }>(page, "/api/cameras");
      return items.find((camera) => camera.id === id)?.state;
    };
    await expect.poll(state, { timeout: patience, interval: 500 }).toBe("online");
  } finally {
    await send(page, "DELETE", `/api/cameras/${id}`, undefined);
  }
  await page.context().close();
  expect(world.troubles).toEqual([]);
});
