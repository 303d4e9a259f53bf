/** A request that is not as the API asks; becomes 400 INVALID_ARGUMENT with its field. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = 'FieldError';
    this.field = field;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectAt(value: unknown, field: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new FieldError(field, `Invalid value at '${field}': an object is expected.`);
}

export function stringAt(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw new FieldError(field, `Invalid value at '${field}': a string is expected.`);
}

export function integerAt(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FieldError(field, `Invalid value at '${field}': a non-negative integer is expected.`);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard base64 with padding; bytes. */
export function bytesAt(value: unknown, field: string): Uint8Array {
  const text = stringAt(value, field);
  if (text !== '' && BASE64.test(text)) return Buffer.from(text, 'base64');
  throw new FieldError(field, `Invalid value at '${field}': base64 with padding is expected.`);
}

/** Google's JSON transcoding refuses names that the message type does not have. */
export function onlyFields(value: JsonObject, known: ReadonlySet<string>, at: string): void {
  for (const name in value) {
    if (known.has(name)) continue;
    const where = at === '' ? '' : ` at '${at}'`;
    const field = at === '' ? name : `${at}.${name}`;
    const unknown = `Unknown name "${name}"${where}: Cannot find field.`;
    const text = `Invalid JSON payload received. ${unknown}`;
    throw new FieldError(field, text);
  }
}

/** A text that is not empty and has at most so many characters. */
export function textAt(value: unknown, field: string, most: number): string {
  const text = stringAt(value, field);
  if (text.length > 0 && text.length <= most) return text;
  const wrong = `Invalid value at '${field}': 1 to ${most} characters are expected.`;
  throw new FieldError(field, wrong);
}

/** One of an enum's words; the UNSPECIFIED ones are never meant. */
export function wordAt(value: unknown, field: string, words: readonly string[]): string {
  if (typeof value === 'string' && words.includes(value)) return value;
  throw new FieldError(field, `Invalid value at '${field}': one of ${words.join(', ')}.`);
}

/** A number between `-most` and `most`. */
export function numberAt(value: unknown, field: string, most: number): number {
  if (typeof value === 'number' && Math.abs(value) <= most) return value;
  throw new FieldError(field, `Invalid value at '${field}': a number up to ${most} is expected.`);
}

/** Which one of a union's fields is there; Google calls it a oneof. */
export function oneOf(json: JsonObject, names: readonly string[], at: string): string {
  const given = names.filter((name) => json[name] !== undefined);
  const [only] = given;
  if (given.length === 1 && only !== undefined) return only;
  throw new FieldError(at, `Exactly one of ${names.join(', ')} is expected in '${at}'.`);
}
