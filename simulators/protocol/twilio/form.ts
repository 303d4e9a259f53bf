const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const QUESTION_MARK = 0x3f;
const SPACE = 0x20;
const NOTHING: readonly string[] = Object.freeze([]);

/** What a hexadecimal digit is worth; -1 for whatever is none. */
const WORTH = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

/**
 * Fields of a form or a query in their order: a name may be repeated (`MediaUrl`), empty values
 * stay. They are few, so that lists are looked through faster than a map is made.
 */
export class Form {
  /** One for each value. */
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  add(name: string, value: string): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The first value of a field; undefined when it is not there. */
  first(name: string): string | undefined {
    const at = this.#names.indexOf(name);
    return at === -1 ? undefined : this.#values[at];
  }

  all(name: string): readonly string[] {
    if (!this.has(name)) return NOTHING;
    return this.#values.filter((_, at) => this.#names[at] === name);
  }

  /** The name of each value: a repeated one stands there again. */
  get names(): readonly string[] {
    return this.#names;
  }
}

/** The byte that `%` and two digits stand for; -1 where they are no digits. */
function escaped(body: Uint8Array, percent: number): number {
  if (percent + 2 >= body.length) return -1;
  const high = WORTH[body[percent + 1]!]!;
  const low = WORTH[body[percent + 2]!]!;
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/**
 * Reads application/x-www-form-urlencoded as URLSearchParams reads its text, in one pass over the
 * bytes: what is wrongly escaped stays as it stands.
 */
export function readForm(body: Uint8Array): Form {
  const decoded = Buffer.allocUnsafe(body.length);
  let length = 0;
  /** In `decoded`: where the first name ends, where its value does, the second name… */
  const ends: number[] = [];
  let start = body[0] === QUESTION_MARK ? 1 : 0;
  let nameEnd = -1;
  let allBits = 0;
  for (let at = start; at < body.length; at++) {
    let byte = body[at]!;
    if (byte === AMPERSAND) {
      if (at > start) ends.push(nameEnd === -1 ? length : nameEnd, length);
      start = at + 1;
      nameEnd = -1;
      continue;
    }
    if (byte === EQUALS && nameEnd === -1) {
      nameEnd = length;
      continue;
    }
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      const meant = escaped(body, at);
      if (meant !== -1) {
        byte = meant;
        at += 2;
      }
    }
    allBits |= byte;
    decoded[length++] = byte;
  }
  if (body.length > start) ends.push(nameEnd === -1 ? length : nameEnd, length);

  const ascii = allBits < 0x80 ? decoded.toString('latin1', 0, length) : undefined;
  const form = new Form();
  for (let index = 0, from = 0; index < ends.length; index += 2) {
    const middle = ends[index]!;
    const end = ends[index + 1]!;
    if (ascii !== undefined) form.add(ascii.slice(from, middle), ascii.slice(middle, end));
    else form.add(decoded.toString('utf8', from, middle), decoded.toString('utf8', middle, end));
    from = end;
  }
  return form;
}
