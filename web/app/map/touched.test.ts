import { describe, expect, test } from "vitest";
import type { Bounds } from "./measure";
import { touchedTiles, touches } from "./touched";

/** Some metres in the middle of tile 14/13575/6387, in Linzi. */
const block: Bounds = [118.28978, 36.81807, 118.2898, 36.81809];
const district: Bounds = [118.1, 36.6, 118.5, 37];

describe("the tiles that a change touches", () => {
  test("are those around a block at every zoom, down to one below the map's", () => {
    const tiles = touchedTiles(block, district, 13.4);
    expect(new Set(tiles.map(({ z }) => z))).toEqual(new Set(Array.from({ length: 15 }, (_, z) => z)));
    for (const tile of tiles) expect(touches(tile, block)).toBe(true);
    expect(tiles.filter(({ z }) => z === 14)).toEqual([{ z: 14, x: 13_575, y: 6387 }]);
  });

  test("are those of zoom 16 for whoever looks closer", () => {
    expect(Math.max(...touchedTiles(block, district, 18.7).map(({ z }) => z))).toBe(16);
  });

  test("are the neighbours too where the box lies at a tile's edge", () => {
    const edge = (360 / 2 ** 14) * 13_575 - 180;
    const tiles = touchedTiles([edge + 1e-5, 36.82, edge + 2e-5, 36.8201], district, 13).filter(
      ({ z }) => z === 14,
    );
    expect(tiles.map(({ x }) => x)).toEqual([13_574, 13_575]);
  });

  test("are none out of sight", () => {
    expect(touchedTiles(block, [110, 30, 111, 31], 14)).toEqual([]);
    expect(touches({ z: 14, x: 0, y: 0 }, block)).toBe(false);
  });

  test("stay on the map", () => {
    const world: Bounds = [-180, -85.06, 180, 85.06];
    for (const { z, x, y } of touchedTiles(world, world, 3)) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x, y)).toBeLessThan(2 ** z);
    }
  });
});
