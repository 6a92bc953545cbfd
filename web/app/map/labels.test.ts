import { expect, test } from "vitest";
import grids from "../../testdata/grids.json" with { type: "json" };
import { GridCollection } from "../api/city";
import { nameLabels, roadName } from "./labels";

const [sample] = GridCollection.read(grids).features;
if (sample === undefined) throw new Error("the sample has no grid");

test("a road is called by its own name, without the section", () => {
  expect(roadName("临淄大道（闻韶路—稷下路）")).toBe("临淄大道");
  expect(roadName("桓公路(K7.5-K10.1)")).toBe("桓公路");
  expect(roadName("桓公路")).toBe("桓公路");
});

test("every community has a label, and a road of several sections has one", () => {
  const named = (net: "community" | "road", name: string) => ({
    ...sample,
    properties: { ...sample.properties, net, name },
  });
  const labels = nameLabels([
    named("community", "辛东社区"),
    named("community", "太公社区"),
    named("road", "桓公路（甲—乙）"),
    named("road", "桓公路（乙—丙）"),
  ]);
  expect(labels.map(({ properties }) => properties?.name)).toEqual(["辛东社区", "太公社区", "桓公路"]);
});
