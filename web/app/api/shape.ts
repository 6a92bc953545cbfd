/**
 * What JSON from the service must look like. A shape checks a value and gives it its type, so that the types of this
 * app and the check of what really arrives cannot differ.
 */
export interface Shape<T> {
  /** Returns value as T, or throws ShapeError naming the path. Unknown keys are passed over unless strict. */
  read(value: unknown, path?: string, strict?: boolean): T;
  readonly optional?: boolean;
}

export type Of<S> = S extends Shape<infer T> ? T : never;

export class ShapeError extends Error {
  override name = "ShapeError";
  constructor(
    readonly path: string,
    rule: string,
  ) {
    super(`${path === "" ? "the whole" : path}: ${rule}`);
  }
}

function primitive<T>(kind: string, is: (value: unknown) => value is T): Shape<T> {
  return {
    read(value, path = "") {
      if (!is(value))
        throw new ShapeError(path, `want ${kind}, got ${value === null ? "null" : typeof value}`);
      return value;
    },
  };
}

export const text = primitive("text", (v): v is string => typeof v === "string");
export const flag = primitive("true or false", (v): v is boolean => typeof v === "boolean");
export const number = primitive("a number", (v): v is number => typeof v === "number" && Number.isFinite(v));

/** A moment as RFC 3339 text. It stays text; whoever calculates with it parses it. */
export const moment = primitive(
  "an RFC 3339 time",
  (v): v is string => typeof v === "string" && /^\d{4}-\d\d-\d\dT/.test(v) && !Number.isNaN(Date.parse(v)),
);

export function oneOf<const T extends string>(...words: T[]): Shape<T> {
  return primitive(`one of ${words.join(", ")}`, (v): v is T => words.includes(v as T));
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { read: (value, path, strict) => (value === null ? null : shape.read(value, path, strict)) };
}

/** May be absent from its object. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> & { readonly optional: true } {
  return {
    optional: true,
    read: (value, path, strict) => (value === undefined ? undefined : shape.read(value, path, strict)),
  };
}

/** A list; null, as Go writes an empty one, is an empty list. */
export function list<T>(shape: Shape<T>): Shape<T[]> {
  return {
    read(value, path = "", strict) {
      if (value === null) return [];
      if (!Array.isArray(value)) throw new ShapeError(path, `want a list, got ${typeof value}`);
      return value.map((item, i) => shape.read(item, `${path}[${i}]`, strict));
    },
  };
}

/** Free keys, one shape of value. */
export function table<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return {
    read(value, path = "", strict) {
      const entries = Object.entries(value === null ? {} : asObject(value, path));
      return Object.fromEntries(
        entries.map(([key, item]) => [key, shape.read(item, `${path}.${key}`, strict)]),
      );
    },
  };
}

type Fields = Record<string, Shape<unknown>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { optional: true } ? K : never;
}[keyof F];
type Read<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Of<F[K]> } & {
  [K in OptionalKeys<F>]?: Exclude<Of<F[K]>, undefined>;
};

export function object<F extends Fields>(
  fields: F,
): Shape<{ [K in keyof Read<F>]: Read<F>[K] }> & { fields: F } {
  return {
    fields,
    read(value, path = "", strict) {
      const given = asObject(value, path);
      const prefix = path === "" ? "" : `${path}.`;
      if (strict) {
        const stranger = Object.keys(given).find((key) => !(key in fields));
        if (stranger !== undefined) throw new ShapeError(`${prefix}${stranger}`, "unknown key");
      }
      const result: Record<string, unknown> = {};
      for (const [key, shape] of Object.entries(fields)) {
        if (!(key in given)) {
          if (shape.optional) continue;
          throw new ShapeError(`${prefix}${key}`, "missing");
        }
        result[key] = shape.read(given[key], `${prefix}${key}`, strict);
      }
      return result as { [K in keyof Read<F>]: Read<F>[K] };
    },
  };
}

/** Checked only to be an object, and passed on whole: GeoJSON geometry. */
export function raw<T extends object>(): Shape<T> {
  return { read: (value, path = "") => asObject(value, path) as T };
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(path, "want an object");
  }
  return value as Record<string, unknown>;
}
