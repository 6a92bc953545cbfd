import { defineConfig } from "vitest/config";

const service = process.env.GRIDWATCH_URL ?? "http://127.0.0.1:8080";
const pages = ["login", "trust", "centre", "officer", "planner", "rules", "cameras"];

// One browser at a time on a machine that also decodes.
const patient = { fileParallelism: false, testTimeout: 240_000, hookTimeout: 120_000 };

// One entry a page. The service embeds dist/ and serves it from the root.
export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The map library is one file of a megabyte, loaded only by the pages that show a map.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: Object.fromEntries(pages.map((page) => [page, `${page}/index.html`])),
    },
  },
  server: {
    proxy: {
      // web/app/api holds modules of these pages, which end as modules do.
      "^/api/(?![^?]*\\.tsx?(\\?|$))": service,
      "/tiles": service,
      "/ws": { target: service, ws: true },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["**/*.test.ts"], exclude: ["e2e/**", "node_modules/**"] },
      },
      {
        extends: true,
        test: { name: "e2e", include: ["e2e/*.test.ts"], ...patient },
      },
      {
        extends: true,
        test: { name: "long", include: ["e2e/long/*.test.ts"], ...patient },
      },
    ],
  },
});
