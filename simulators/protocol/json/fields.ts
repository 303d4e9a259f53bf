/**
 * Reads a vendor's JSON request field by field and gathers all that is wrong with it. Each vendor
 * tells it in a shape of its own; what is wrong is the same for all.
 */

/** One thing that is wrong with a request. */
export interface FieldProblem {
  /** `failover[0].to`; the vendor's own spelling. Empty for the body as a whole. */
  readonly field: string;
  readonly kind: 'missing' | 'invalid' | 'unknown';
  /** A sentence without the field's name: `must be one of rcs, sms`. */
  readonly reason: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface StringRule {
  readonly required?: boolean;
  /** Characters; default at least 1. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** What `pattern` asks for, in words. */
  readonly like?: string;
}

export interface NumberRule {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface ListRule {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/**
 * Reads one object. A read that fails records why and gives undefined, so that all problems of a
 * request are known at its end. Names that nobody asked for are unknown fields: `close` says so.
 */
export interface FieldReader {
  readonly at: string;
  readonly json: JsonObject;
  has(name: string): boolean;
  string(name: string, rule?: StringRule): string | undefined;
  word<W extends string>(
    name: string,
    words: readonly W[],
    rule?: { readonly required?: boolean },
  ): W | undefined;
  integer(name: string, rule?: NumberRule): number | undefined;
  boolean(name: string): boolean | undefined;
  object(name: string, rule?: { readonly required?: boolean }): FieldReader | undefined;
  objects(name: string, rule?: ListRule): readonly FieldReader[];
  strings(name: string, rule?: ListRule): readonly string[];
  /** Takes a field as it is, whatever it holds. */
  any(name: string): unknown;
  refuse(name: string, reason: string, kind?: FieldProblem['kind']): void;
  /** Everything that was not asked for is unknown. */
  close(): void;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A reader of `value`, or undefined and a problem when it is no object. */
export function readFields(
  value: unknown,
  problems: FieldProblem[],
  at = '',
): FieldReader | undefined {
  if (isObject(value)) return reader(value, problems, at);
  problems.push({ field: at, kind: 'invalid', reason: 'must be an object' });
  return undefined;
}

function reader(json: JsonObject, problems: FieldProblem[], at: string): FieldReader {
  const asked = new Set<string>();
  const under = (name: string): string => (at === '' ? name : `${at}.${name}`);
  const refuse = (name: string, reason: string, kind: FieldProblem['kind'] = 'invalid'): void => {
    problems.push({ field: under(name), kind, reason });
  };
  /** Undefined when it is not there; null counts as not there, as most JSON clients mean it. */
  const take = (name: string, required = false): unknown => {
    asked.add(name);
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    if (value !== undefined && value !== null) return value;
    if (required) refuse(name, 'is required', 'missing');
    return undefined;
  };
  const list = (name: string, rule: ListRule): readonly unknown[] => {
    const value = take(name, rule.required);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      refuse(name, 'must be a list');
      return [];
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = rule;
    if (value.length < min) refuse(name, `must have at least ${min} entries`);
    if (value.length > max) refuse(name, `must have at most ${max} entries`);
    return value;
  };
  const string = (name: string, rule: StringRule = {}): string | undefined => {
    const value = take(name, rule.required);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      refuse(name, 'must be a string');
      return undefined;
    }
    const { min = 1, max = Number.POSITIVE_INFINITY, pattern, like } = rule;
    if (value.length < min || value.length > max) {
      const limit = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
      refuse(name, `must have ${limit} characters`);
      return undefined;
    }
    if (pattern === undefined || pattern.test(value)) return value;
    refuse(name, `must be ${like ?? 'well-formed'}`);
    return undefined;
  };
  return {
    at,
    json,
    has: (name) => json[name] !== undefined && json[name] !== null,
    string,
    word: (name, words, rule = {}) => {
      const value = take(name, rule.required);
      if (value === undefined) return undefined;
      const known = words.find((word) => word === value);
      if (known === undefined) refuse(name, `must be one of ${words.join(', ')}`);
      return known;
    },
    integer: (name, rule = {}) => {
      const value = take(name, rule.required);
      if (value === undefined) return undefined;
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = rule;
      if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) {
        return Number(value);
      }
      refuse(name, `must be an integer between ${min} and ${max}`);
      return undefined;
    },
    boolean: (name) => {
      const value = take(name);
      if (value === undefined || typeof value === 'boolean') return value;
      refuse(name, 'must be true or false');
      return undefined;
    },
    object: (name, rule = {}) => {
      const value = take(name, rule.required);
      return value === undefined ? undefined : readFields(value, problems, under(name));
    },
    objects: (name, rule = {}) =>
      list(name, rule).flatMap(
        (value, index) => readFields(value, problems, `${under(name)}[${index}]`) ?? [],
      ),
    strings: (name, rule = {}) =>
      list(name, rule).flatMap((value, index) => {
        if (typeof value === 'string') return value;
        refuse(`${name}[${index}]`, 'must be a string');
        return [];
      }),
    any: (name) => take(name),
    refuse,
    close: () => {
      for (const name in json) {
        if (!asked.has(name)) refuse(name, 'is not a field of this request', 'unknown');
      }
    },
  };
}

/** The JSON of a body; undefined and a problem when it is none. An empty body is no JSON. */
export function readJsonBody(body: Uint8Array, problems: FieldProblem[]): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push({ field: '', kind: 'invalid', reason: 'must be JSON' });
    return undefined;
  }
}
