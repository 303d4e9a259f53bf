/** Fields of a form or a query: a name may be repeated (`MediaUrl`), empty values stay. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** As a pattern: V8 builds the text at once, and not piece by piece. */
const PLUS = /\+/g;

function add(fields: Map<string, string[]>, name: string, value: string): void {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, [value]);
  else before.push(value);
}

/** undefined: it is encoded in a way that only URLSearchParams makes something of. */
function decoded(part: string): string | undefined {
  const spaced = part.includes('+') ? part.replace(PLUS, ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function readAsUsual(text: string): Form {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) add(fields, name, value);
  return fields;
}

/**
 * Reads application/x-www-form-urlencoded as URLSearchParams does, which takes several times as
 * long. What cannot be decoded stays as it stands.
 */
export function readForm(text: string): Form {
  if (text.startsWith('?')) return readAsUsual(text);
  const fields = new Map<string, string[]>();
  for (let start = 0; start < text.length;) {
    const next = text.indexOf('&', start);
    const end = next === -1 ? text.length : next;
    if (end > start) {
      const equals = text.indexOf('=', start);
      const middle = equals === -1 || equals > end ? end : equals;
      const name = decoded(text.slice(start, middle));
      const value = decoded(text.slice(middle + 1, end));
      if (name === undefined || value === undefined) return readAsUsual(text);
      add(fields, name, value);
    }
    start = end + 1;
  }
  return fields;
}

/** The first value of a field; undefined when it is not there. */
export function fieldOf(form: Form, name: string): string | undefined {
  return form.get(name)?.[0];
}
