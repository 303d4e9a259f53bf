/** Fields of a form or a query: a name may be repeated (`MediaUrl`), empty values stay. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** Reads application/x-www-form-urlencoded. What cannot be decoded stays as it stands. */
export function readForm(text: string): Form {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields.get(name);
    if (before === undefined) fields.set(name, [value]);
    else before.push(value);
  }
  return fields;
}

/** The first value of a field; undefined when it is not there. */
export function fieldOf(form: Form, name: string): string | undefined {
  return form.get(name)?.[0];
}
