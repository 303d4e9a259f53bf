/** Decodes one percent-encoded part; undefined when the encoding is broken. */
export function decodePart(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * A query string; of repeated names the first counts. A plus sign stands for itself. It has few
 * fields, so that it is looked through faster than a map is made.
 */
export class Query {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Undefined also where its encoding is broken. */
  get(name: string): string | undefined {
    const text = this.#text;
    for (let start = 0; start < text.length;) {
      const next = text.indexOf('&', start);
      const end = next < 0 ? text.length : next;
      const nameEnds = start + name.length;
      if (nameEnds <= end && text.startsWith(name, start)) {
        if (nameEnds === end) return '';
        const isValue = text.charAt(nameEnds) === '=';
        const value = isValue ? decodePart(text.slice(nameEnds + 1, end)) : undefined;
        if (value !== undefined) return value;
      }
      start = end + 1;
    }
    return undefined;
  }
}
