import { describe, expect, test } from "vitest";
import { destination, loginFrom } from "./after";

describe("after signing in", () => {
  test("every role has its page", () => {
    expect(
      (["operator", "administrator", "officer", "planner"] as const).map((role) =>
        destination({ search: "", hash: "" }, role),
      ),
    ).toEqual(["/centre/", "/centre/", "/officer/", "/planner/"]);
  });

  test("the way leads back to where it came from, hash and all", () => {
    const login = loginFrom({ pathname: "/centre/", hash: "#alert=12&q=桓公路" });
    expect(login.startsWith("/login/?next=")).toBe(true);
    expect(destination(new URL(login, "http://x"), "operator")).toBe("/centre/#alert=12&q=桓公路");
  });

  test("the hash that a redirect carried to the login page goes along", () => {
    expect(destination({ search: "?next=%2Fplanner%2F", hash: "#q=370305" }, "planner")).toBe(
      "/planner/#q=370305",
    );
  });

  for (const next of [
    "https://evil.example/",
    "//evil.example/centre/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "/api/session",
    "/centre/../evil",
    "/centre/\n//evil",
  ]) {
    test(`never to ${JSON.stringify(next)}`, () => {
      expect(destination({ search: `?next=${encodeURIComponent(next)}`, hash: "" }, "operator")).toBe(
        "/centre/",
      );
    });
  }
});
