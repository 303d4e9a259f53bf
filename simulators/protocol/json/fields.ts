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

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A reader of `value`, or undefined and a problem when it is no object. */
export function readFields(
  value: unknown,
  problems: FieldProblem[],
  at = '',
): FieldReader | undefined {
  if (isObject(value)) return new Reader(value, problems, undefined, at);
  problems.push({ field: at, kind: 'invalid', reason: 'must be an object' });
  return undefined;
}

const ANY: ListRule = Object.freeze({});
const NOTHING: readonly unknown[] = Object.freeze([]);

/** A class, for several are made for each request: closures would cost more than the reading. */
class Reader implements FieldReader {
  readonly json: JsonObject;
  readonly #problems: FieldProblem[];
  /** Where it stands is only put together for whoever asks: nearly always nobody does. */
  readonly #parent: Reader | undefined;
  readonly #name: string;
  /** In a list; else -1. */
  readonly #index: number;
  /** The names that are there and were asked for: so many are. Nearly always these are enough. */
  readonly #asked: string[] = ['', '', '', '', '', ''];
  #askedCount = 0;

  constructor(
    json: JsonObject,
    problems: FieldProblem[],
    parent: Reader | undefined,
    name: string,
    index = -1,
  ) {
    this.json = json;
    this.#problems = problems;
    this.#parent = parent;
    this.#name = name;
    this.#index = index;
  }

  get at(): string {
    const name = this.#parent === undefined ? this.#name : this.#parent.#under(this.#name);
    return this.#index === -1 ? name : `${name}[${this.#index}]`;
  }

  #under(name: string): string {
    const { at } = this;
    return at === '' ? name : `${at}.${name}`;
  }

  /** Of what stands there, or undefined and a problem when it is no object. */
  #inner(value: unknown, name: string, index?: number): FieldReader | undefined {
    if (isObject(value)) return new Reader(value, this.#problems, this, name, index);
    this.refuse(index === undefined ? name : `${name}[${index}]`, 'must be an object');
    return undefined;
  }

  /** Undefined when it is not there; null counts as not there, as most JSON clients mean it. */
  #take(name: string, required: boolean | undefined): unknown {
    const value = this.json[name];
    // JSON has no functions: one is the prototype's.
    if (value !== undefined && typeof value !== 'function') {
      this.#asked[this.#askedCount++] = name;
      if (value !== null) return value;
    }
    if (required === true) this.refuse(name, 'is required', 'missing');
    return undefined;
  }

  #wasAsked(name: string): boolean {
    for (let at = 0; at < this.#askedCount; at++) if (this.#asked[at] === name) return true;
    return false;
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
    const value = this.json[name];
    return value !== undefined && value !== null;
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
    return value === undefined ? undefined : this.#inner(value, name);
  }

  objects(name: string, rule: ListRule = ANY): readonly FieldReader[] {
    const list = this.#list(name, rule) ?? NOTHING;
    const before = this.#problems.length;
    const found = list.map((value, index) => this.#inner(value, name, index));
    if (this.#problems.length === before) return found as FieldReader[];
    return found.filter((reader) => reader !== undefined);
  }

  strings(name: string, rule: ListRule = ANY): readonly string[] {
    const list = this.#list(name, rule) ?? NOTHING;
    if (list.every(isString)) return list;
    for (const [index, value] of list.entries()) {
      if (!isString(value)) this.refuse(`${name}[${index}]`, 'must be a string');
    }
    return list.filter(isString);
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
