import { FieldError } from '../../protocol/rbm/field-check.ts';

const EMPTY = {};

/** The JSON of a body; an empty body is an empty object. Throws FieldError. */
export function readJson(body: Uint8Array): unknown {
  if (body.length === 0) return EMPTY;
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FieldError('', 'Invalid JSON payload received. Expected a value.');
  }
}
