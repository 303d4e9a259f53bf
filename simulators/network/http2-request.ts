/** A request's header section over HTTP/2 (RFC 9113 §8.2, §8.3), read field by field. */
import type { HeaderField } from './hpack.ts';

export interface Http2Head {
  readonly method: string;
  /** `:path` as it stood on the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the content-length field; undefined where there is none. */
  readonly length: number | undefined;
}

const SCHEME = /^[a-z][a-z0-9+.-]*$/i;
/** Lower-case tokens (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;
/** They belong to a connection of HTTP/1.1. */
const OF_HTTP1: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

function isPseudo(name: string): boolean {
  return name.startsWith(':');
}

/** May a request have this field, by itself (RFC 9113 §8.2.1, §8.2.2)? */
export function isSoundField(name: string, value: string): boolean {
  // Which of these there are, and what may stand in them, is looked at where they are read.
  if (isPseudo(name)) return true;
  const isBad = !NAME.test(name) || OF_HTTP1.has(name) || name === '__proto__';
  return !isBad && !FORBIDDEN_IN_VALUE.test(value);
}

/** Reads one request's fields. `anyScheme`: for hosts whose servers do not look at it. */
export class HeadReader {
  readonly #anyScheme: boolean;
  readonly #headers: Record<string, string> = {};
  #method: string | undefined;
  #target: string | undefined;
  #scheme: string | undefined;
  #authority: string | undefined;
  #regular = false;
  #malformed = false;

  constructor(anyScheme: boolean) {
    this.#anyScheme = anyScheme;
  }

  #pseudo(name: string, value: string): boolean {
    if (this.#regular) return false;
    if (name === ':method') {
      if (this.#method !== undefined) return false;
      this.#method = value;
    } else if (name === ':path') {
      if (this.#target !== undefined) return false;
      this.#target = value;
    } else if (name === ':scheme') {
      if (this.#scheme !== undefined) return false;
      this.#scheme = value;
    } else if (name === ':authority') {
      if (this.#authority !== undefined) return false;
      this.#authority = value;
    } else {
      return false;
    }
    return true;
  }

  field({ name, value, sound }: HeaderField): void {
    if (!sound) {
      this.#malformed = true;
      return;
    }
    if (isPseudo(name)) {
      if (!this.#pseudo(name, value)) this.#malformed = true;
      return;
    }
    this.#regular = true;
    const before = this.#headers[name];
    // Cookie crumbs are one field again (RFC 9113 §8.2.3).
    const joint = name === 'cookie' ? '; ' : ', ';
    this.#headers[name] = before === undefined ? value : `${before}${joint}${value}`;
  }

  /** Undefined: the request is malformed. */
  end(): Http2Head | undefined {
    const [method, target, scheme] = [this.#method, this.#target, this.#scheme];
    const headers = this.#headers;
    if (this.#malformed || method === undefined || scheme === undefined) return undefined;
    if (target === undefined || target === '' || !(this.#anyScheme || SCHEME.test(scheme))) {
      return undefined;
    }
    if (this.#authority !== undefined) headers['host'] ??= this.#authority;
    const stated = headers['content-length'];
    if (stated !== undefined && !/^\d{1,15}$/.test(stated)) return undefined;
    return { method, target, headers, length: stated === undefined ? undefined : Number(stated) };
  }
}
