import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** The running service that the pages are tried against, and who may sign in there. */
const base = needed("GRIDWATCH_URL").replace(/\/$/, "");
const logins = JSON.parse(readFileSync(needed("GRIDWATCH_LOGINS"), "utf8")) as Login[];
const shots = process.env.GRIDWATCH_SHOTS;

/** The recordings of the demonstration that keeps its logins there. */
export const clips = join(dirname(needed("GRIDWATCH_LOGINS")), "clips");

export interface Login {
  role: string;
  username: string;
  password: string;
}

export const desk = { width: 1280, height: 800 };
export const wall = { width: 1920, height: 1080 };
export const phone = { width: 390, height: 844 };

/** The machine may be slow and draws the map in software: what takes so long is broken. */
export const patience = 60_000;

const flags = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** World is one browser with the people who look at the pages, and everything that went wrong on any of them. */
export class World {
  readonly #browser: Browser;
  readonly troubles: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<World> {
    const executablePath = process.env.GRIDWATCH_CHROMIUM ?? "/usr/bin/chromium";
    return new World(await chromium.launch({ executablePath, args: flags }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** A fresh browser profile whose pages report trouble: errors, and any request to somebody else's host. */
  async visitor(viewport = desk): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      baseURL: base,
      viewport,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
      isMobile: viewport === phone,
      hasTouch: viewport === phone,
    });
    context.setDefaultTimeout(patience);
    context.on("request", (request) => {
      const url = new URL(request.url());
      const own = url.origin === base || url.protocol === "data:" || url.protocol === "blob:";
      if (!own) this.troubles.push(`request to ${url.origin}`);
    });
    context.on("weberror", (error) => this.troubles.push(`error: ${error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error")
        this.troubles.push(`console at ${message.location().url}: ${message.text()}`);
    });
    return context;
  }

  /** A page on which the role has signed in by the form, at its own home. */
  async signedIn(role: string, viewport = desk): Promise<Page> {
    const page = await (await this.visitor(viewport)).newPage();
    await page.goto("/login/");
    await signIn(page, loginOf(role));
    return page;
  }
}

/** The first person of a role, or the nth after them. */
export function loginOf(role: string, nth = 0): Login {
  const login = logins.filter((one) => one.role === role)[nth];
  if (login === undefined) throw new Error(`no ${role} in GRIDWATCH_LOGINS`);
  return login;
}

export async function signIn(page: Page, { username, password }: Login): Promise<void> {
  await page.fill("#username", username);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
  await page.waitForURL((url) => url.pathname !== "/login/");
}

/** What the service answers to the person of this page. */
export async function ask<T>(page: Page, path: string): Promise<T> {
  const response = await page.request.get(path);
  if (!response.ok()) throw new Error(`${path}: ${response.status()}`);
  return (await response.json()) as T;
}

/** What the service answers when the person's own page sends that. */
export async function send<T>(page: Page, method: string, path: string, body: unknown): Promise<T> {
  const { status, text } = await page.evaluate(
    async ({ method, path, body }) => {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
      return { status: response.status, text: await response.text() };
    },
    { method, path, body },
  );
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** A camera of the test's own, in a street of the demonstration; its id. */
export async function addCamera(page: Page, name: string, source: string): Promise<string> {
  const [lon, lat] = [118.3114021, 36.8283958];
  const camera = { name, source, lon, lat, place_class: "main_road", loop: true, fps: 2 };
  const { id } = await send<{ id: string }>(page, "POST", "/api/cameras", camera);
  return id;
}

/** Keeps a picture of the page where the run wants pictures. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined || shots === "") return;
  mkdirSync(shots, { recursive: true });
  if ((await page.locator(".map-canvas").count()) > 0)
    await page.locator(".map-canvas[data-state=idle]").waitFor();
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: it names the running service`);
  return value;
}
