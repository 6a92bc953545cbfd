import { ProblemDocument } from "./city";
import type { Shape } from "./shape";

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
    /** The whole document, for what a door says besides. */
    readonly document: unknown = null,
  ) {
    super(`${status} ${title}${detail === "" ? "" : `: ${detail}`}`);
  }

  /** Reads a refused response. A body that is no problem document still gives the status. */
  static async of(response: Response): Promise<Problem> {
    const said = await body(response);
    const document = read(ProblemDocument, said);
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    return new Problem(
      response.status,
      document?.title ?? response.statusText,
      document?.detail ?? "",
      (document?.errors ?? []).map(({ location, message }) => ({ location: location ?? "", message })),
      Number.isFinite(wait) && wait >= 0 ? wait : null,
      said,
    );
  }

  /** What the document says besides, where it is of that shape. */
  besides<T>(shape: Shape<T>): T | null {
    return read(shape, this.document);
  }
}

/** No answer came: the network, or a service that is down. What was asked may or may not have happened. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

async function body(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function read<T>(shape: Shape<T>, value: unknown): T | null {
  try {
    return shape.read(value);
  } catch {
    return null;
  }
}
