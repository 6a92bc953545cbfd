import { describe, expect, test } from "vitest";
import type { Beat } from "../../api/editions";
import { changeOf, colourOf, countOf, newBeat, planOf, takenBy, toggled } from "./plan";

const grid = (net: "community" | "road", code: string) => ({ net, code, name: code });
const west: Beat = {
  id: "west",
  name: "西",
  colour: 0,
  grids: [grid("community", "1"), grid("road", "1")],
  members: [{ id: 4, name: "王" }],
};
const east: Beat = { id: "east", name: "东", colour: 1, grids: [grid("community", "2")], members: [] };

describe("a beat's plan", () => {
  test("takes a grid in and leaves it out, those of the two nets apart", () => {
    const plan = toggled(planOf([west, east], west), "road/1");
    expect(plan.grids).toEqual(["community/1"]);
    expect(toggled(toggled(plan, "road/2"), "road/1").grids).toEqual(["community/1", "road/2", "road/1"]);
    expect(countOf(plan.grids, "road")).toBe(0);
  });

  test("tells which of its grids belong to others, and no more of its own", () => {
    const plan = toggled(planOf([west, east], west), "community/2");
    expect(takenBy([west, east], plan)).toEqual([{ key: "community/2", beat: east }]);
    expect(takenBy([west, east], toggled(plan, "community/2"))).toEqual([]);
  });

  test("is sent with nets and codes apart, and people by their numbers", () => {
    expect(changeOf({ ...planOf([west, east], west), name: " 西队 " }, true)).toEqual({
      name: "西队",
      colour: 1,
      grids: [
        { net: "community", code: "1" },
        { net: "road", code: "1" },
      ],
      members: [4],
      take_over: true,
    });
  });
});

test("a new beat has the colour that the fewest have", () => {
  expect(colourOf([west, east], "west")).toBe(1);
  expect(newBeat([west, east], 1)).toMatchObject({ colour: 2, fresh: true, grids: [] });
});
