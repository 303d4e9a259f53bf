/** An element of XML as a test looks at it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
  /** Every element of that name below this one, in order. */
  readonly all: (name: string) => Element[];
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Reads the plain XML that a JUnit file is made of, and throws at whatever is not well-formed: a
 * stray `<` or `&`, a tag not closed, an attribute twice.
 */
export class XMLParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  root(): Element {
    this.#take(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/y);
    const element = this.#element();
    this.#take(/\s*/y);
    if (this.#at !== this.#text.length) throw this.#wrong('text after the root');
    return element;
  }

  #wrong(what: string): Error {
    return new Error(`${what} at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 60)}`);
  }

  #maybe(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #take(pattern: RegExp): RegExpExecArray {
    const found = this.#maybe(pattern);
    if (found === null) throw this.#wrong(`no ${pattern.source}`);
    return found;
  }

  #decode(raw: string): string {
    return raw.replaceAll(/&([^;]*;?)/g, (_, entity: string) => {
      const name = entity.slice(0, -1);
      const code = /^#(\d+);$/.exec(entity)?.[1];
      const char = code === undefined ? entities[name] : String.fromCodePoint(Number(code));
      if (char === undefined || !entity.endsWith(';')) throw this.#wrong(`no entity ${entity}`);
      return char;
    });
  }

  #element(): Element {
    const [, name = ''] = this.#take(/<([a-z]+)/y);
    const attributes: Record<string, string> = {};
    for (
      let found = this.#maybe(/\s+([a-z]+)="([^"<]*)"/y);
      found !== null;
      found = this.#maybe(/\s+([a-z]+)="([^"<]*)"/y)
    ) {
      const [, key = '', value = ''] = found;
      if (key in attributes) throw this.#wrong(`attribute ${key} twice`);
      attributes[key] = this.#decode(value);
    }
    const children: Element[] = [];
    let text = '';
    if (this.#maybe(/\/>/y) === null) {
      this.#take(/>/y);
      while (this.#maybe(new RegExp(`</${name}>`, 'y')) === null) {
        text += this.#decode(this.#maybe(/[^<]+/y)?.[0] ?? '');
        if (this.#text.startsWith('</', this.#at)) continue;
        children.push(this.#element());
      }
    }
    const all = (wanted: string): Element[] =>
      children.flatMap((child) => [
        ...(child.name === wanted ? [child] : []),
        ...child.all(wanted),
      ]);
    return { name, attributes, text, children, all };
  }
}
