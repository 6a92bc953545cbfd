import type { Camera } from "../api/city";

/** A camera that cannot see as it should: why, and since when. */
export interface Trouble {
  camera: Camera;
  /** "offline", or what is wrong with its picture. */
  code: string;
  since: string;
}

/** The newest first. A camera that is offline is said to be offline, whatever its last picture was like. */
export function troubles(cameras: readonly Camera[]): Trouble[] {
  return cameras
    .flatMap((camera): Trouble[] => {
      if (camera.state === "offline") return [{ camera, code: "offline", since: camera.state_since }];
      const { condition } = camera;
      return condition === null ? [] : [{ camera, code: condition.code, since: condition.since }];
    })
    .sort((a, b) => Date.parse(b.since) - Date.parse(a.since));
}
