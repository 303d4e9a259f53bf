import { bodyText } from '../../protocol/json/body-text.ts';
import { FieldError } from '../../protocol/rbm/field-check.ts';

const EMPTY = {};

/** The JSON of a body; an empty body is an empty object. Throws FieldError. */
export function readJson(body: Uint8Array): unknown {
  if (body.length === 0) return EMPTY;
  try {
    return JSON.parse(bodyText(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FieldError('', 'Invalid JSON payload received. Expected a value.');
  }
}
