import { ProblemDocument } from "./city";
import type { Of } from "./shape";

/** What the service answered instead of a result. */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly fields: { location: string; message: string }[],
    /** Seconds to wait before asking again, where the service said so. */
    readonly retryAfterS: number | null,
  ) {
    super(`${status} ${title}${detail === "" ? "" : `: ${detail}`}`);
  }

  /** Reads a refused response. A body that is no problem document still gives the status. */
  static async of(response: Response): Promise<Problem> {
    const document = await read(response);
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    return new Problem(
      response.status,
      document?.title ?? response.statusText,
      document?.detail ?? "",
      (document?.errors ?? []).map(({ location, message }) => ({ location: location ?? "", message })),
      Number.isFinite(wait) && wait >= 0 ? wait : null,
    );
  }
}

/** No answer came: the network, or a service that is down. What was asked may or may not have happened. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

async function read(response: Response): Promise<Of<typeof ProblemDocument> | null> {
  try {
    return ProblemDocument.read(await response.json());
  } catch {
    return null;
  }
}
