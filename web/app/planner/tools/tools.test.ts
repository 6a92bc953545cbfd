import { describe, expect, test } from "vitest";
import { Value } from "../../state/value";
import { Coverage } from "../coverage/coverage";
import { lonlat } from "../coverage/plane";
import type { Command, Grid, Point } from "../coverage/types";
import { newRoad } from "../roads/plan";
import { CornerTool } from "./corner";
import { LineTool, splitting } from "./line";
import { nearestCorner, nearestEdge, snap } from "./pick";
import { surface } from "./surface";
import type { Desk, Pointer } from "./tool";

// One pixel is 100 steps; the square of 400 pixels is two grids side by side.
const at = (x: number, y: number): Point => [1_183_000_000 + x * 100, 368_000_000 + y * 100];
const ring = (...points: [number, number][]) => points.map(([x, y]) => at(x, y));
const grid = (code: string, x: number): Grid => ({
  code,
  name: code.slice(-3),
  kind: "community",
  street: "",
  boundary: [[ring([x, 0], [x + 200, 0], [x + 200, 400], [x, 400], [x, 0])]],
});
const west = grid("370305001001001", 0);
const east = grid("370305001001002", 200);

const ground = surface(
  ([x, y]) => [(x - 1_183_000_000) / 100, 400 - (y - 368_000_000) / 100],
  ([x, y]) => at(x, 400 - y),
  400,
  400,
);

function aDesk(chosen: readonly string[] = []) {
  const coverage = new Coverage([west, east], { outline: true });
  const ran: Command[] = [];
  const desk: Desk = {
    field: coverage,
    surface: ground,
    chosen,
    road: new Value(newRoad),
    lines: { within: () => [] },
    choose: () => undefined,
    snap: (to, not) => snap(to, ground, coverage, null, not ?? null),
    preview: (command) => coverage.preview(command),
    run: (command) => ran.push(command),
    named: () => ({ name: "新" }),
    length: (m) => `${Math.round(m)} m`,
    area: (m2) => `${Math.round(m2)} m²`,
    redraw: () => undefined,
  };
  return { desk, ran };
}

const pointer = (x: number, y: number, more: Partial<Pointer> = {}): Pointer => ({
  at: at(x, y),
  px: [x, 400 - y],
  touch: false,
  add: false,
  free: false,
  ...more,
});

describe("what lies under the pointer", () => {
  const { field } = aDesk().desk;

  test("is the nearest vertex in reach, with every grid that has it", () => {
    expect(nearestCorner(field, at(203, 396), ground, 10)).toEqual({
      at: at(200, 400),
      codes: [west.code, east.code],
    });
    expect(nearestCorner(field, at(215, 396), ground, 10)).toBeNull();
  });

  test("is the nearest place of a border, with the grids on both sides", () => {
    expect(nearestEdge(field, at(203, 100), ground, 10)).toMatchObject({
      at: at(200, 100),
      codes: [west.code, east.code],
    });
  });
});

describe("a drawn point", () => {
  const { field } = aDesk().desk;

  test("goes to a vertex before a border, and stays where neither is near", () => {
    expect(snap(at(204, 396), ground, field, null)).toEqual({ at: at(200, 400), to: "corner" });
    expect(snap(at(204, 100), ground, field, null)).toEqual({ at: at(200, 100), to: "edge" });
    expect(snap(at(100, 100), ground, field, null)).toEqual({ at: at(100, 100), to: null });
  });

  test("that is a vertex on its way goes neither back nor to the borders that come with it", () => {
    expect(snap(at(203, 397), ground, field, null, at(200, 400))).toEqual({ at: at(203, 397), to: null });
  });
});

describe("moving a vertex", () => {
  test("shows both grids as they will be, and does it where it is let go", () => {
    const { desk, ran } = aDesk();
    const tool = new CornerTool(desk);
    expect(tool.press(pointer(202, 398))).toBe(true);
    tool.move(pointer(240, 380));
    expect(tool.scene().areas?.map(({ look }) => look)).toEqual(["live", "live"]);
    tool.release(pointer(240, 380));
    expect(ran).toEqual([{ op: "move_vertex", from: lonlat(at(200, 400)), to: lonlat(at(240, 380)) }]);
  });

  test("out of an edge makes a new one in it", () => {
    const { desk, ran } = aDesk();
    const tool = new CornerTool(desk);
    tool.press(pointer(201, 200));
    tool.release(pointer(230, 200));
    expect(ran).toEqual([
      {
        op: "insert_vertex",
        edge: [lonlat(at(200, 0)), lonlat(at(200, 400))],
        at: lonlat(at(230, 200)),
      },
    ]);
  });

  test("where the grid would cross itself is red at the place", () => {
    const { desk } = aDesk();
    const tool = new CornerTool(desk);
    tool.press(pointer(0, 0));
    tool.move(pointer(150, 500, { free: true }));
    expect(tool.scene().dots?.map(({ look }) => look)).toContain("bad");
    expect(tool.scene().lines?.map(({ look }) => look)).toContain("bad");
  });

  test("is not begun in the open: there the map is moved", () => {
    expect(new CornerTool(aDesk().desk).press(pointer(100, 200))).toBe(false);
  });

  test("by a finger takes an edge only by its middle, and only of the chosen grid", () => {
    const finger = { touch: true };
    expect(new CornerTool(aDesk().desk).press(pointer(201, 200, finger))).toBe(false);
    const chosen = aDesk([west.code]).desk;
    expect(new CornerTool(chosen).press(pointer(201, 200, finger))).toBe(true);
    expect(new CornerTool(chosen).press(pointer(201, 120, finger))).toBe(false);
  });

  test("Del takes the chosen vertex away", () => {
    const { desk, ran } = aDesk();
    const tool = new CornerTool(desk);
    tool.click(pointer(200, 400));
    expect(tool.key("Delete", false)).toBe(true);
    expect(ran).toEqual([{ op: "delete_vertex", at: lonlat(at(200, 400)) }]);
  });
});

describe("splitting", () => {
  test("by a line shows two parts with their areas, and is done by a double click", () => {
    const { desk, ran } = aDesk();
    const tool = new LineTool(desk, splitting);
    tool.click(pointer(-20, 150));
    tool.click(pointer(190, 250));
    tool.move(pointer(230, 260));
    expect(
      tool
        .scene()
        .areas?.map(({ look }) => look)
        .sort(),
    ).toEqual(["live", "live", "new"]);
    tool.click(pointer(230, 260));
    tool.click(pointer(230, 260));
    expect(tool.drawing).toBe(3);
    tool.doubleClick();
    expect(ran).toMatchObject([{ op: "split", code: west.code }]);
    expect(tool.drawing).toBe(0);
  });

  test("goes back point by point, and away with Esc", () => {
    const tool = new LineTool(aDesk().desk, splitting);
    tool.click(pointer(-20, 150));
    tool.click(pointer(90, 250));
    tool.key("Backspace");
    expect(tool.drawing).toBe(1);
    expect(tool.cancel()).toBe(true);
    expect(tool.cancel()).toBe(false);
  });
});
