/**
 * XML 1.0 as TwiML needs it: elements, attributes, text, CDATA, comments, the five entities and
 * character references. No namespaces, no document types (an entity bomb has no way in).
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

/** `at` counts characters from 0. */
export class XmlError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at character ${at}`);
    this.at = at;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const MOST_DEEP = 32;
const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /\s*/y;
const PROLOG = /^\uFEFF?(?:<\?xml\b[^>]*\?>)?/;
const ENTITY = /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));|&/g;

interface Writable extends XmlElement {
  readonly attributes: Record<string, string>;
  readonly children: (XmlElement | string)[];
}

function decoded(text: string, at: number): string {
  return text.replaceAll(ENTITY, (all, decimal?: string, hex?: string, name?: string) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (name === undefined && code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = name === undefined ? undefined : ENTITIES[name];
    if (known === undefined) throw new XmlError(`“${all}” is no entity`, at);
    return known;
  });
}

class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.at = PROLOG.exec(text)?.[0].length ?? 0;
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  skipSpace(): void {
    this.#match(SPACE);
  }

  /** Comments and space, as they may stand around the root. */
  skipMisc(): void {
    this.skipSpace();
    while (this.#text.startsWith('<!--', this.at)) {
      this.#until('-->', 4);
      this.skipSpace();
    }
  }

  element(depth: number): XmlElement {
    if (depth > MOST_DEEP) throw new XmlError('too deep', this.at);
    this.#take('<');
    const element: Writable = { name: this.#name(), attributes: {}, children: [] };
    if (this.#attributes(element)) return element;
    for (;;) {
      const end = this.#text.indexOf('<', this.at);
      if (end < 0) throw new XmlError(`<${element.name}> is not closed`, this.#text.length);
      if (end > this.at) {
        element.children.push(decoded(this.#text.slice(this.at, end), this.at));
        this.at = end;
      }
      if (this.#text.startsWith('<!--', end)) this.#until('-->', 4);
      else if (this.#text.startsWith('<![CDATA[', end)) {
        element.children.push(this.#until(']]>', 9));
      } else if (this.#text.startsWith('</', end)) {
        this.at += 2;
        const name = this.#name();
        if (name !== element.name) {
          throw new XmlError(`</${name}> closes <${element.name}>`, end);
        }
        this.skipSpace();
        this.#take('>');
        return element;
      } else element.children.push(this.element(depth + 1));
    }
  }

  /** True where the element ends at once. */
  #attributes(element: Writable): boolean {
    for (;;) {
      this.skipSpace();
      if (this.#text.startsWith('/>', this.at)) {
        this.at += 2;
        return true;
      }
      if (this.#text[this.at] === '>') {
        this.at++;
        return false;
      }
      const name = this.#name();
      if (Object.hasOwn(element.attributes, name)) throw new XmlError(`${name} twice`, this.at);
      this.skipSpace();
      this.#take('=');
      this.skipSpace();
      const quote = this.#text[this.at];
      if (quote !== '"' && quote !== "'") throw new XmlError(`${name} is not quoted`, this.at);
      const start = this.at;
      element.attributes[name] = decoded(this.#until(quote, 1), start);
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  #name(): string {
    const name = this.#match(NAME);
    if (name === '') throw new XmlError('a name is missing', this.at);
    return name;
  }

  #take(what: string): void {
    if (!this.#text.startsWith(what, this.at)) throw new XmlError(`no “${what}”`, this.at);
    this.at += what.length;
  }

  /** What stands between here (after `skip` characters) and `end`, which is passed too. */
  #until(end: string, skip: number): string {
    const from = this.at + skip;
    const to = this.#text.indexOf(end, from);
    if (to < 0) throw new XmlError(`no “${end}”`, this.#text.length);
    this.at = to + end.length;
    return this.#text.slice(from, to);
  }
}

/** The root element of a document. Throws `XmlError`. */
export function readXml(text: string): XmlElement {
  const reader = new Reader(text);
  reader.skipMisc();
  const root = reader.element(0);
  reader.skipMisc();
  if (!reader.done) throw new XmlError('something follows the root', reader.at);
  return root;
}

/** The text of an element and of all in it. */
export function xmlText(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : xmlText(child)))
    .join('');
}
