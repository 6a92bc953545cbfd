import { expect, test } from "vitest";
import { wordsOf } from "../i18n/words";
import { permitted } from "./permitted";

test("what was said of a permit is said in the person's language, with the permit's own name", () => {
  const { zh, en } = wordsOf;
  expect(permitted("none here", zh)).toBe("此处没有许可");
  expect(permitted("桓公路早市: in force", zh)).toBe("桓公路早市：有效");
  expect(permitted("桓公路早市: outside its hours (asked at the camera's position)", zh)).toBe(
    "桓公路早市：不在时段内（按摄像机位置核对）",
  );
  expect(permitted("桓公路早市: in force", en)).toBe("桓公路早市: in force");
});
