import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { clips } from "../world";

/** Cameras of these tests: real streams and pictures, as a camera in the street sends them. */
export interface StreetCamera {
  url: string;
  end(): void;
}

/** A ball that moves, in H.264 by RTSP. */
export async function rtspBall(width: number, height: number): Promise<StreetCamera> {
  const pipeline =
    `videotestsrc is-live=true pattern=ball ! video/x-raw,width=${width},height=${height},framerate=10/1 ! ` +
    "openh264enc gop-size=10 ! h264parse ! rtph264pay name=pay0 config-interval=1";
  // Debian's own Python: another one that comes first in PATH lacks GStreamer.
  const server = spawn("/usr/bin/python3", ["../../vision/capture/testdata/rtspserver.py", pipeline, "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const port of createInterface(server.stdout)) {
    return { url: `rtsp://127.0.0.1:${port}/live`, end: () => server.kill("SIGKILL") };
  }
  throw new Error("the RTSP server did not start");
}

/** A camera that is asked for single pictures. It looks at a part of the real street, and can be knocked aside. */
export interface KnockableCamera extends StreetCamera {
  knock(aside: boolean): void;
}

export async function knockableCamera(): Promise<KnockableCamera> {
  const dir = mkdtempSync(join(tmpdir(), "street-"));
  const [straight, aside] = await Promise.all([
    pictures(dir, "straight", 0, 0),
    pictures(dir, "aside", 120, 60),
  ]);
  const begun = Date.now();
  let now = straight;
  const server = createServer((_, response) => {
    const nth = Math.floor((Date.now() - begun) / 500) % now.length;
    response.writeHead(200, { "Content-Type": "image/jpeg" }).end(now[nth]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/snapshot.jpg`,
    knock: (so) => {
      now = so ? aside : straight;
    },
    end: () => {
      server.close();
      server.closeAllConnections();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Twenty seconds of the real clip, two pictures a second, cut out so many pixels right and down. */
async function pictures(dir: string, name: string, right: number, down: number): Promise<Buffer[]> {
  const cut = `fps=2,crop=640:480:${right}:${down}`;
  const out = join(dir, `${name}-%02d.jpg`);
  const args = [
    "-nostdin",
    "-v",
    "error",
    "-t",
    "20",
    "-i",
    join(clips, "vtest.avi"),
    "-vf",
    cut,
    "-q:v",
    "3",
    out,
  ];
  const made = spawn("ffmpeg", args, { stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve) => made.on("exit", resolve));
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
  return readdirSync(dir)
    .filter((file) => file.startsWith(name))
    .sort()
    .map((file) => readFileSync(join(dir, file)));
}
