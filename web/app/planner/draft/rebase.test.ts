import { expect, test } from "vitest";
import type { Draft } from "../../api/editions";
import { Problem } from "../../api/problem";
import { type Doors, Rebase } from "./rebase";

const late = (seq: number) => ({
  seq,
  op: "move_vertex",
  by: { id: 3, name: "规划员" },
  at: "2026-11-22T10:00:00Z",
  rule: "no_such_vertex",
  text: "no grid has a vertex there",
  place: [118.31, 36.83],
  codes: ["370305001001001"],
  shapes: [{ code: "370305001001001", base: null, theirs: null, yours: null }],
});

/** A service on which those commands apply that are not late. */
function aService(...seqs: number[]) {
  const asked: number[][] = [];
  const doors: Doors = {
    async rebase(_id, leaveOut) {
      asked.push([...leaveOut]);
      const rest = seqs.filter((seq) => !leaveOut.includes(seq));
      if (rest.length > 0)
        throw new Problem(409, "Conflict", "", [], null, { onto: 9, late: rest.map(late) });
      return {} as Draft;
    },
  };
  return { doors, asked };
}

test("a draft whose commands all apply is rebased at once", async () => {
  const { doors, asked } = aService();
  const rebase = new Rebase(doors, 7);
  expect(await rebase.run()).toBe(true);
  expect(asked).toEqual([[]]);
  expect(rebase.late.get()).toEqual([]);
});

test("what does not apply is listed with its place, and left out only when a person says so", async () => {
  const { doors, asked } = aService(3, 5);
  const rebase = new Rebase(doors, 7);
  expect(await rebase.run()).toBe(false);
  expect(rebase.late.get().map(({ seq, place }) => [seq, place])).toEqual([
    [3, [118.31, 36.83]],
    [5, [118.31, 36.83]],
  ]);
  expect(rebase.isDecided()).toBe(false);

  rebase.toggle(5);
  expect(await rebase.run()).toBe(false);
  expect(rebase.late.get().map(({ seq }) => seq)).toEqual([3, 5]);
  rebase.toggle(5);
  expect(rebase.leftOut.get().size).toBe(0);
  rebase.toggle(5);
  rebase.toggle(3);
  expect(rebase.isDecided()).toBe(true);
  expect(await rebase.run()).toBe(true);
  expect(asked).toEqual([[], [5], [3, 5]]);
});

test("a failure is told and decides nothing", async () => {
  const refusal = new Problem(409, "Conflict", "Nothing was published since.", [], null, {});
  const rebase = new Rebase({ rebase: () => Promise.reject(refusal) }, 7);
  expect(await rebase.run()).toBe(false);
  expect(rebase.trouble.get()).toBe(refusal);
  expect(rebase.busy.get()).toBe(false);
});
