import { describe, expect, test } from "vitest";
import vectors from "../../../../geo/coverage/testdata/vectors.json" with { type: "json" };
import { Coverage } from "./coverage";
import { type Change, type Command, type Grid, Refusal } from "./types";

// The service's engine writes these: the same command must give the same grids here, or the same refusal.
interface Vector {
  name: string;
  grids: Grid[];
  options: { min_area_m2: number; outline: boolean; divided: boolean };
  command: Command;
  change: Change | null;
  refusal: { rule: string; at: readonly number[]; codes: readonly string[] } | null;
}

describe("the engine does as the service's:", () => {
  for (const vector of vectors as unknown as Vector[]) {
    test(vector.name, () => {
      const { grids, options, command } = vector;
      const coverage = new Coverage(
        grids,
        { minAreaM2: options.min_area_m2, outline: options.outline },
        options.divided ? grids : null,
      );
      const before = state(coverage);
      const result = coverage.preview(command);
      expect(state(coverage), "a preview changes nothing").toEqual(before);
      if (result instanceof Refusal) {
        const { rule, at, codes } = result;
        expect({ rule, at, codes }).toEqual(vector.refusal);
        return;
      }
      expect(result).toEqual(vector.change);
      expect(coverage.apply(command)).toEqual(vector.change);
      coverage.swap(result);
      expect(state(coverage), "what is taken back is as it was").toEqual(before);
    });
  }
});

function state(coverage: Coverage): Grid[] {
  return [...coverage.grids()].sort((a, b) => a.code.localeCompare(b.code));
}
