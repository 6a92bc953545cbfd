import type { Box } from "./types";

interface Entry<T> {
  box: Box;
  value: T;
}

/** No cell is smaller: a hundred metres or so. */
const lowest = 13;
const off = 2 ** 20;

/**
 * Finds things by the box that they fill. A thing lies in the at most four cells that it meets of a size as large as
 * its own, so that long and short borders are found alike.
 */
export class Places<T> {
  readonly #levels = new Map<number, Map<number, Entry<T>[]>>();

  insert(box: Box, value: T): void {
    const level = levelOf(box);
    let cells = this.#levels.get(level);
    if (cells === undefined) {
      cells = new Map();
      this.#levels.set(level, cells);
    }
    const entry = { box, value };
    for (const cell of cellsOf(box, level)) {
      const known = cells.get(cell);
      if (known === undefined) cells.set(cell, [entry]);
      else known.push(entry);
    }
  }

  /** Takes out the one that is `is`. */
  remove(box: Box, is: (value: T) => boolean): void {
    const level = levelOf(box);
    const cells = this.#levels.get(level);
    if (cells === undefined) return;
    for (const cell of cellsOf(box, level)) {
      const known = cells.get(cell);
      const i = known?.findIndex(({ value }) => is(value)) ?? -1;
      if (known === undefined || i < 0) continue;
      if (known.length === 1) cells.delete(cell);
      else known.splice(i, 1);
    }
  }

  /** Everything whose box meets the box, each once, in no order. */
  within(box: Box): T[] {
    const found: T[] = [];
    const seen = new Set<Entry<T>>();
    const take = (entries: readonly Entry<T>[] | undefined) => {
      for (const entry of entries ?? []) {
        if (!overlap(entry.box, box) || seen.has(entry)) continue;
        seen.add(entry);
        found.push(entry.value);
      }
    };
    for (const [level, cells] of this.#levels) {
      const size = 2 ** level;
      const many = ((box.east - box.west) / size + 2) * ((box.north - box.south) / size + 2);
      if (!(many < cells.size)) for (const entries of cells.values()) take(entries);
      else for (const cell of cellsOf(box, level)) take(cells.get(cell));
    }
    return found;
  }
}

function levelOf({ west, south, east, north }: Box): number {
  const size = Math.max(east - west, north - south, 1);
  return Math.max(lowest, Math.ceil(Math.log2(size)));
}

function* cellsOf({ west, south, east, north }: Box, level: number): Generator<number> {
  const size = 2 ** level;
  const [x1, y1] = [Math.floor(east / size), Math.floor(north / size)];
  for (let x = Math.floor(west / size); x <= x1; x++) {
    for (let y = Math.floor(south / size); y <= y1; y++) yield (x + off) * 2 * off + (y + off);
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}
