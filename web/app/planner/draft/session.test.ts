import { describe, expect, test, vi } from "vitest";
import type { Grid as GridFeature } from "../../api/city";
import type { Commanded, Draft } from "../../api/editions";
import { Problem } from "../../api/problem";
import { Coverage } from "../coverage/coverage";
import { geometryOf, lonlat } from "../coverage/plane";
import type { Command, Grid, Point } from "../coverage/types";
import { type Doors, DraftSession, gridOf } from "./session";

const at = (x: number, y: number): Point => [1_183_000_000 + x * 10_000, 368_000_000 + y * 10_000];
const square = (code: string, x: number): Grid => ({
  code,
  name: code.slice(-3),
  kind: "community",
  street: "闻韶街道",
  boundary: [[[at(x, 0), at(x + 4, 0), at(x + 4, 4), at(x, 4), at(x, 0)]]],
});
// Two squares that share a border.
const west = square("370305001001001", 0);
const east = square("370305001001002", 4);

const featureOf = (grid: Grid): GridFeature => ({
  type: "Feature",
  geometry: geometryOf(grid.boundary),
  properties: {
    code: grid.code,
    name: grid.name,
    kind: grid.kind,
    street: grid.street,
    net: "community",
    edition: 7,
    demo: true,
    beat: null,
    officers: [],
  },
});

const draft: Draft = {
  id: 7,
  net: "community",
  title: "",
  state: "draft",
  from: null,
  until: null,
  version: 1,
  base: null,
  replaces: null,
  newer: null,
  demo: true,
  grids: 2,
  author: null,
  submitter: null,
  reviewer: null,
  review_note: "",
  changed: [],
  can_undo: false,
  can_redo: false,
};

/** A service with its own engine, which may be told to answer otherwise. */
function aService() {
  const coverage = new Coverage([west, east], { outline: true });
  const state = { draft, sent: [] as [number, unknown][] };
  let otherwise: (() => never) | null = null;
  const answer = (change: ReturnType<Coverage["apply"]>): Commanded => {
    state.draft = { ...state.draft, version: state.draft.version + 1, can_undo: true };
    const kept = new Set(change.after.map(({ code }) => code));
    return {
      version: state.draft.version,
      changed: change.after.map(featureOf),
      removed: change.before.map(({ code }) => code).filter((code) => !kept.has(code)),
      can_undo: true,
      can_redo: false,
    };
  };
  const doors: Doors = {
    draft: async () => state.draft,
    editionGrids: async () => ({
      type: "FeatureCollection",
      features: [...coverage.grids()].map(featureOf),
      edition: null,
    }),
    command: async (_, version, command) => {
      state.sent.push([version, command]);
      otherwise?.();
      return answer(coverage.apply(command as Command));
    },
    undoCommand: async () => {
      throw new Error("not asked for here");
    },
    acceptMends: async () => {
      throw new Error("not asked for here");
    },
    layRoad: async (_, version, road) => {
      state.sent.push([version, road]);
      otherwise?.();
      const { grid } = road as { grid: Grid };
      return answer(coverage.apply({ op: "create", grid: { ...grid, geometry: geometryOf(grid.boundary) } }));
    },
  };
  return {
    doors,
    state,
    /** What somebody else does meanwhile. */
    elsewhere: (command: Command) => answer(coverage.apply(command)),
    refuse: (problem: Problem) => {
      otherwise = () => {
        throw problem;
      };
    },
  };
}

const move = (x: number): Command => ({ op: "move_vertex", from: lonlat(at(4, 4)), to: lonlat(at(x, 4)) });
const settled = (session: DraftSession) => vi.waitFor(() => expect(session.busy.get()).toBe(0));
const corner = (session: DraftSession, code: string) => session.coverage.grid(code)?.boundary[0]?.[0]?.[2];

describe("a session", () => {
  test("does a command at once, for both grids, and sends it on the version that it was made on", async () => {
    const { doors, state } = aService();
    const session = await DraftSession.open(doors, 7, true);
    const told: string[] = [];
    session.watch(({ put }) => told.push(...put.map(({ code }) => code)));
    session.run(move(5));
    expect(corner(session, west.code)).toEqual(at(5, 4));
    expect(told.sort()).toEqual([west.code, east.code]);
    await settled(session);
    expect(state.sent).toEqual([[1, move(5)]]);
    expect(session.draft.get()).toMatchObject({
      version: 2,
      can_undo: true,
      changed: [west.code, east.code],
    });
  });

  test("sends commands one after the other, each on the version before it", async () => {
    const { doors, state } = aService();
    const session = await DraftSession.open(doors, 7, true);
    session.run(move(5));
    session.run({ op: "move_vertex", from: lonlat(at(5, 4)), to: lonlat(at(6, 4)) });
    expect(session.busy.get()).toBe(2);
    await settled(session);
    expect(state.sent.map(([version]) => version)).toEqual([1, 2]);
    expect(corner(session, west.code)).toEqual(at(6, 4));
  });

  test("does not send what its own engine refuses, and says where", async () => {
    const { doors, state } = aService();
    const session = await DraftSession.open(doors, 7, true);
    session.run({ op: "merge", codes: [west.code, "370305009009009"], into: west.code });
    expect(session.trouble.get()).toEqual({
      kind: "refused",
      rule: "not_found",
      at: null,
      codes: ["370305009009009"],
    });
    expect(state.sent).toEqual([]);
  });

  test("takes back everything that was done ahead when the service refuses", async () => {
    const { doors, refuse } = aService();
    const session = await DraftSession.open(doors, 7, true);
    const said = {
      title: "",
      status: 422,
      type: "",
      rule: "outline",
      at: lonlat(at(4, 4)),
      codes: [west.code],
    };
    refuse(new Problem(422, "", "", [], null, said));
    session.run(move(5));
    session.run({ op: "move_vertex", from: lonlat(at(5, 4)), to: lonlat(at(6, 4)) });
    await vi.waitFor(() => expect(session.trouble.get()).not.toBeNull());
    expect(session.trouble.get()).toEqual({
      kind: "refused",
      rule: "outline",
      at: at(4, 4),
      codes: [west.code],
    });
    expect(session.coverage.grid(west.code)?.boundary).toEqual(west.boundary);
    expect(session.coverage.grid(east.code)?.boundary).toEqual(east.boundary);
    expect(session.busy.get()).toBe(0);
  });

  test("shows what somebody else made of it when it comes too late, and keeps the command to be done again", async () => {
    const { doors, refuse, elsewhere } = aService();
    const session = await DraftSession.open(doors, 7, true);
    elsewhere(move(3));
    const shape = geometryOf(west.boundary);
    const conflicts = [{ code: west.code, base: shape, theirs: shape, yours: null }];
    refuse(new Problem(409, "", "", [], null, { title: "", status: 409, type: "", version: 2, conflicts }));
    session.run(move(5));
    await vi.waitFor(() =>
      expect(session.trouble.get()).toEqual({ kind: "conflict", conflicts, command: move(5) }),
    );
    expect(corner(session, west.code)).toEqual(at(3, 4));
    expect(session.draft.get().version).toBe(2);
  });

  test("follows what others do, and takes its own news for what it knows", async () => {
    const { doors, elsewhere } = aService();
    const session = await DraftSession.open(doors, 7, true);
    elsewhere(move(3));
    const news = {
      edition: 7,
      version: 2,
      state: "draft",
      net: "community",
      codes: [],
      bound: null,
    } as const;
    session.follow({ ...news, codes: [] });
    await vi.waitFor(() => expect(corner(session, west.code)).toEqual(at(3, 4)));
    expect(session.draft.get().version).toBe(2);
  });

  test("lays a road when the service has, and tells what that changed", async () => {
    const { doors, state } = aService();
    const session = await DraftSession.open(doors, 7, true);
    const road = square("370305001001003", 8);
    const told: string[] = [];
    session.lay({ grid: road }, ({ changed }) =>
      told.push(...changed.map(({ properties }) => properties.code)),
    );
    expect(session.coverage.grid(road.code)).toBeNull();
    await settled(session);
    expect(told).toEqual([road.code]);
    expect(state.sent).toEqual([[1, { grid: road }]]);
    expect(session.coverage.grid(road.code)).toEqual(road);
  });

  test("tells at which place a road is refused, and nothing is laid", async () => {
    const { doors, refuse } = aService();
    const session = await DraftSession.open(doors, 7, true);
    const said = {
      type: "",
      title: "",
      status: 422,
      rule: "road_covered",
      at: lonlat(at(9, 2)),
      codes: [east.code],
    };
    refuse(new Problem(422, "", "", [], null, said));
    session.lay({ grid: square("370305001001003", 8) }, () => expect.unreachable());
    await vi.waitFor(() =>
      expect(session.trouble.get()).toEqual({
        kind: "refused",
        rule: "road_covered",
        at: at(9, 2),
        codes: [east.code],
      }),
    );
    expect([...session.coverage.grids()]).toHaveLength(2);
  });

  test("another person's review is taken, although it changes no grid", async () => {
    const { doors, state } = aService();
    const session = await DraftSession.open(doors, 7, true);
    const { version, net } = session.draft.get();
    state.draft = { ...state.draft, state: "reviewed" };
    session.follow({ edition: 7, version, state: "reviewed", net, codes: [], bound: null });
    await vi.waitFor(() => expect(session.draft.get().state).toBe("reviewed"));
  });
});

test("a feature becomes a grid in whole steps, and the same again", () => {
  expect(gridOf(featureOf(west))).toEqual(west);
});
