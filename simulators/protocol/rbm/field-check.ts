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
