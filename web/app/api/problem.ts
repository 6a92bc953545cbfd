/** What the service answered instead of a result: a problem document (RFC 9457). */
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
    let body: Record<string, unknown> = {};
    try {
      const parsed: unknown = await response.json();
      if (typeof parsed === "object" && parsed !== null) body = parsed as Record<string, unknown>;
    } catch {
      // The status alone must do.
    }
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    return new Problem(
      response.status,
      typeof body.title === "string" ? body.title : response.statusText,
      typeof body.detail === "string" ? body.detail : "",
      fieldErrors(body.errors),
      Number.isFinite(wait) && wait >= 0 ? wait : null,
    );
  }
}

/** No answer came: the network, or a service that is down. What was asked may or may not have happened. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

function fieldErrors(value: unknown): { location: string; message: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null) return [];
    const { location, message } = item as Record<string, unknown>;
    return typeof message === "string"
      ? [{ location: typeof location === "string" ? location : "", message }]
      : [];
  });
}
