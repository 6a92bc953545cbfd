import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addCamera, patience, send, shoot, World } from "../world";
import { rtspBall, type StreetCamera } from "./street";

let world: World;
let camera: StreetCamera;

beforeAll(async () => {
  world = await World.open();
  camera = await rtspBall(320, 180);
});
afterAll(async () => {
  camera?.end();
  await world?.close();
});

const within = { timeout: patience, interval: 250 };

test("a camera's own H.264 moves in the page, and whoever closes it makes room for who was refused", async () => {
  const page = await world.signedIn("administrator");
  const id = await addCamera(page, "直播机位", camera.url);
  const crowd = new Crowd(page);
  try {
    await page.goto(`/cameras/#camera=${id}&tab=live`);
    await page.locator("[data-do=watch]").click();
    await page.locator("[data-how=stream]").waitFor();
    const video = page.locator("video");
    await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.videoWidth), within).toBe(320);
    const first = await picture(page);
    await expect.poll(() => picture(page), within).not.toEqual(first);
    await shoot(page, "cameras-live-1280x800");

    await crowd.fill();
    const late = await world.signedIn("administrator");
    await late.goto("/cameras/#camera=cam-street&tab=live");
    await late.locator("[data-do=watch]").click();
    await late.getByText("本机能承载的实时画面已满").waitFor();
    await shoot(late, "cameras-live-refused-1280x800");

    await page.getByRole("button", { name: "停止" }).click();
    await video.waitFor({ state: "detached" });
    // The browser's farewell takes a moment to arrive.
    await expect.poll(() => crowd.oneMore(), within).toBe(200);
    crowd.leave();
    const live = late.locator("[data-live=pictures]");
    const again = late.getByRole("button", { name: "重试" });
    await expect
      .poll(async () => {
        if (await again.isVisible()) await again.click();
        await live.or(again).waitFor();
        return (await live.isVisible()) && live.evaluate((img: HTMLImageElement) => img.naturalWidth);
      }, within)
      .toBe(768);
    await late.context().close();
  } finally {
    crowd.leave();
    await send(page, "DELETE", `/api/cameras/${id}`, undefined);
  }
  await page.context().close();
  // What is refused is an answer of 409, which the browser writes to its console.
  expect(world.troubles.filter((trouble) => !/status of 409/.test(trouble))).toEqual([]);
});

/** What the video shows now, small. */
async function picture(page: Page): Promise<number[]> {
  return page.locator("video").evaluate((video: HTMLVideoElement) => {
    const canvas = new OffscreenCanvas(64, 36);
    const pen = canvas.getContext("2d");
    pen?.drawImage(video, 0, 0, 64, 36);
    return [...(pen?.getImageData(0, 0, 64, 36).data ?? [])];
  });
}

/** So many other people that the machine shows no more. */
class Crowd {
  readonly #page: Page;
  readonly #going = new AbortController();

  constructor(page: Page) {
    this.#page = page;
  }

  async fill(): Promise<void> {
    while ((await this.oneMore()) === 200);
  }

  /** One more who looks until all leave: what the service answers them. */
  async oneMore(): Promise<number> {
    const cookies = await this.#page.context().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const url = new URL("/api/cameras/cam-fire/live.mjpeg", this.#page.url());
    const answer = await fetch(url, { headers: { cookie }, signal: this.#going.signal });
    if (answer.status !== 200 && answer.status !== 409) throw new Error(`${url}: ${answer.status}`);
    return answer.status;
  }

  leave(): void {
    this.#going.abort();
  }
}
