/**
 * Reads a vendor's JSON request field by field and gathers all that is wrong with it. Each vendor
 * tells it in a shape of its own; what is wrong is the same for all.
 */
import { bodyText } from './body-text.ts';

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
  if (isObject(value)) return new Reader(value, problems, at);
  problems.push({ field: at, kind: 'invalid', reason: 'must be an object' });
  return undefined;
}

const ANY: ListRule = Object.freeze({});
const NOTHING: readonly unknown[] = Object.freeze([]);

/** A class, for several are made for each request: closures would cost more than the reading. */
class Reader implements FieldReader {
  readonly at: string;
  readonly json: JsonObject;
  readonly #problems: FieldProblem[];
  /** The names that are there and were asked for: so many are. Nearly always these are enough. */
  readonly #asked: string[] = ['', '', '', '', '', ''];
  #askedCount = 0;

  constructor(json: JsonObject, problems: FieldProblem[], at: string) {
    this.at = at;
    this.json = json;
    this.#problems = problems;
  }

  #under(name: string): string {
    return this.at === '' ? name : `${this.at}.${name}`;
  }

  /** Undefined when it is not there; null counts as not there, as most JSON clients mean it. */
  #take(name: string, required: boolean | undefined): unknown {
    const value = this.json[name];
    if (value !== undefined && Object.hasOwn(this.json, name)) {
      this.#asked[this.#askedCount++] = name;
      if (value !== null) return value;
    }
    if (required === true) this.refuse(name, 'is required', 'missing');
    return undefined;
  }

  #wasAsked(name: string): boolean {
    const at = this.#asked.indexOf(name);
    return at !== -1 && at < this.#askedCount;
  }

  /** Undefined when there is none. */
  #list(name: string, rule: ListRule): readonly unknown[] | undefined {
    const value = this.#take(name, rule.required);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.refuse(name, 'must be a list');
      return undefined;
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = rule;
    if (value.length < min) this.refuse(name, `must have at least ${min} entries`);
    if (value.length > max) this.refuse(name, `must have at most ${max} entries`);
    return value;
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  string(name: string, rule: StringRule = ANY): string | undefined {
    const value = this.#take(name, rule.required);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.refuse(name, 'must be a string');
      return undefined;
    }
    const { min = 1, max = Number.POSITIVE_INFINITY, pattern, like } = rule;
    if (value.length < min || value.length > max) {
      const limit = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
      this.refuse(name, `must have ${limit} characters`);
      return undefined;
    }
    if (pattern === undefined || pattern.test(value)) return value;
    this.refuse(name, `must be ${like ?? 'well-formed'}`);
    return undefined;
  }

  word<W extends string>(
    name: string,
    words: readonly W[],
    rule: { readonly required?: boolean } = ANY,
  ): W | undefined {
    const value = this.#take(name, rule.required);
    if (value === undefined) return undefined;
    for (const word of words) if (word === value) return word;
    this.refuse(name, `must be one of ${words.join(', ')}`);
    return undefined;
  }

  integer(name: string, rule: NumberRule = ANY): number | undefined {
    const value = this.#take(name, rule.required);
    if (value === undefined) return undefined;
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = rule;
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    this.refuse(name, `must be an integer between ${min} and ${max}`);
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#take(name, false);
    if (value === undefined || typeof value === 'boolean') return value;
    this.refuse(name, 'must be true or false');
    return undefined;
  }

  object(name: string, rule: { readonly required?: boolean } = ANY): FieldReader | undefined {
    const value = this.#take(name, rule.required);
    return value === undefined ? undefined : readFields(value, this.#problems, this.#under(name));
  }

  objects(name: string, rule: ListRule = ANY): readonly FieldReader[] {
    const found: FieldReader[] = [];
    const list = this.#list(name, rule) ?? NOTHING;
    for (let index = 0; index < list.length; index++) {
      const at = `${this.#under(name)}[${index}]`;
      const reader = readFields(list[index], this.#problems, at);
      if (reader !== undefined) found.push(reader);
    }
    return found;
  }

  strings(name: string, rule: ListRule = ANY): readonly string[] {
    const found: string[] = [];
    const list = this.#list(name, rule) ?? NOTHING;
    for (let index = 0; index < list.length; index++) {
      const value = list[index];
      if (typeof value === 'string') found.push(value);
      else this.refuse(`${name}[${index}]`, 'must be a string');
    }
    return found;
  }

  any(name: string): unknown {
    return this.#take(name, false);
  }

  refuse(name: string, reason: string, kind: FieldProblem['kind'] = 'invalid'): void {
    this.#problems.push({ field: this.#under(name), kind, reason });
  }

  close(): void {
    for (const name in this.json) {
      // What is undefined is not there: JSON has no such thing, and #take takes no note of it.
      if (this.json[name] === undefined || this.#wasAsked(name)) continue;
      this.refuse(name, 'is not a field of this request', 'unknown');
    }
  }
}

/** The JSON of a body; undefined and a problem when it is none. An empty body is no JSON. */
export function readJsonBody(body: Uint8Array, problems: FieldProblem[]): unknown {
  try {
    return JSON.parse(bodyText(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push({ field: '', kind: 'invalid', reason: 'must be JSON' });
    return undefined;
  }
}

/** The fields of a JSON body; undefined and a problem when it is none, or no object. */
export function readBodyFields(
  body: Uint8Array,
  problems: FieldProblem[],
): FieldReader | undefined {
  const json = readJsonBody(body, problems);
  return problems.length > 0 ? undefined : readFields(json, problems);
}
