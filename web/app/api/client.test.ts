import { describe, expect, test } from "vitest";
import cameras from "../../testdata/cameras.json" with { type: "json" };
import locate from "../../testdata/locate.json" with { type: "json" };
import me from "../../testdata/me.json" with { type: "json" };
import { Api } from "./client";
import { Problem, Unreachable } from "./problem";
import { ShapeError } from "./shape";

interface Call {
  path: string;
  init: RequestInit;
}

/** An Api whose network answers as told, and the calls that it made. */
function apiWith(answer: () => Response): { api: Api; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = async (path: unknown, init: RequestInit = {}) => {
    calls.push({ path: String(path), init });
    return answer();
  };
  return { api: new Api(fetch as typeof globalThis.fetch), calls };
}

const json =
  (body: unknown, init: ResponseInit = {}) =>
  () =>
    new Response(JSON.stringify(body), init);

describe("the client", () => {
  test("sends only the filters that are given", async () => {
    const { api, calls } = apiWith(json({ items: [], next: null, seq: 7 }));
    expect(await api.alerts({ state: "raised,escalated", limit: 50 })).toEqual({
      items: [],
      next: null,
      seq: 7,
    });
    expect(calls[0]?.path).toBe("/api/alerts?state=raised%2Cescalated&limit=50");
  });

  test("asks where a point lies with centimetres to spare", async () => {
    const { api, calls } = apiWith(json(locate));
    await api.locate(118.3, 36.8212345678);
    expect(calls[0]?.path).toBe("/api/locate?lon=118.3000000&lat=36.8212346");
  });

  test("says which view a camera's picture stands for, and whether its calibration holds", async () => {
    const { api, calls } = apiWith(json(cameras.items[0]));
    await api.takeView("东门 1", "东门 1-2", true);
    expect(calls[0]).toMatchObject({
      path: "/api/cameras/%E4%B8%9C%E9%97%A8%201/reference",
      init: { method: "POST", body: '{"view":"东门 1-2","keep_calibration":true}' },
    });
  });

  test("signs in with JSON and without a token", async () => {
    const { api, calls } = apiWith(() => new Response(null, { status: 204 }));
    await api.signIn("op", "秘密");
    expect(calls[0]).toMatchObject({
      path: "/api/session",
      init: { method: "POST", body: '{"username":"op","password":"秘密"}', credentials: "same-origin" },
    });
  });

  test("sends a photo as a form, and a note alone as JSON", async () => {
    const { api, calls } = apiWith(json({}, { status: 500 }));
    await api.handle(3, { note: "已劝离" }).catch(() => undefined);
    await api.handle(3, { note: "已劝离", photo: new Blob(["x"]) }).catch(() => undefined);
    expect(calls[0]?.init.body).toBe('{"note":"已劝离"}');
    const form = calls[1]?.init.body as FormData;
    expect(form.get("note")).toBe("已劝离");
    expect(form.get("photo")).toBeInstanceOf(Blob);
  });

  test("tells a refusal as the problem that the service wrote", async () => {
    const body = {
      type: "about:blank",
      title: "Unprocessable Entity",
      status: 422,
      detail: "query.state: no",
      errors: [{ location: "query.state", message: "no" }],
    };
    const { api } = apiWith(json(body, { status: 422 }));
    const error: unknown = await api.me().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      status: 422,
      detail: "query.state: no",
      fields: body.errors,
      retryAfterS: null,
    });
  });

  test("knows how long to wait when it asked too often", async () => {
    const { api } = apiWith(() => new Response("", { status: 429, headers: { "Retry-After": "12" } }));
    await expect(api.signIn("a", "b")).rejects.toMatchObject({ status: 429, retryAfterS: 12 });
  });

  test("gives the status of a refusal that is no problem document", async () => {
    const { api } = apiWith(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(api.me()).rejects.toMatchObject({ status: 502, title: "Bad Gateway" });
  });

  test("says unreachable when nothing answers, or the answer breaks off", async () => {
    const silent = apiWith(() => {
      throw new TypeError("fetch failed");
    });
    await expect(silent.api.me()).rejects.toBeInstanceOf(Unreachable);
    const broken = apiWith(() => new Response('{"id": 1, "na'));
    await expect(broken.api.me()).rejects.toBeInstanceOf(Unreachable);
  });

  test("refuses an answer of another shape", async () => {
    const { api } = apiWith(json({ ...me, role: "king" }));
    await expect(api.me()).rejects.toBeInstanceOf(ShapeError);
  });
});
