/**
 * Reads the requests that nearly every client sends: HTTP/1.1, whole in one piece, a body of known
 * length, nothing asked of the connection but to stay open. Whatever else there is (RFC 9112), and
 * whatever is wrong, is left to Node's parser: this one only knows what it is sure of.
 */
import type { WireRequest } from './wire.ts';

export interface PlainRequest extends WireRequest {
  /** Where in the chunk the next request begins. */
  readonly end: number;
}

/** Reads the request that begins at `at`; undefined: not whole yet, or not a plain one. */
export type PlainReader = (chunk: Buffer, at: number) => PlainRequest | undefined;

/** Node's parser knows the others; HEAD is answered without a body, and CONNECT opens a tunnel. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** As much of a request as its head may be. */
const HEAD_LIMIT_BYTES = 16 * 1024;
const VERSION = ' HTTP/1.1';
const HEAD_END = '\r\n\r\n';

/** origin-form (RFC 9112 §3.2.1) in visible characters, without a fragment. */
const TARGET = /^\/[!"$-~]*$/;
/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5, with obs-text. */
const VALUE = /^[\t -~\x80-\xff]*$/;
const LENGTH = /^\d{1,8}$/;
/** What asks for more than an answer, or cannot stand in a plain record. */
const LEFT_TO_NODE: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  '__proto__',
]);

interface Fields {
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyLength: number;
}

/** The header section, lines divided by CRLF; undefined: it has something that is not plain. */
function readFields(section: string): Fields | undefined {
  const headers: Record<string, string> = {};
  for (const line of section.split('\r\n')) {
    const colon = line.indexOf(':');
    const written = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1).trim();
    if (!TOKEN.test(written) || !VALUE.test(value)) return undefined;
    const name = written.toLowerCase();
    // Repeated fields are joined by rules that Node knows.
    if (LEFT_TO_NODE.has(name) || headers[name] !== undefined) return undefined;
    headers[name] = value;
  }
  if (headers['host'] === undefined) return undefined;
  const { connection, 'content-length': length = '0' } = headers;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  return LENGTH.test(length) ? { headers, bodyLength: Number(length) } : undefined;
}

const NOTHING = Buffer.alloc(0);
const CR = 0x0d;
const LF = 0x0a;

/** The bytes of `part` stand at `at`. */
function standsAt(chunk: Buffer, at: number, part: Buffer): boolean {
  const end = at + part.length;
  return end <= chunk.length && chunk.compare(part, 0, part.length, at, end) === 0;
}

/** A reader for one connection: a client's requests mostly have the same header section. */
export function createPlainReader(): PlainReader {
  /** The last header section with the empty line that ends it, and what it says. */
  let lastSection: Buffer = NOTHING;
  let lastFields: Fields | undefined;

  /** Where the body begins; 0: the section is not whole or not plain. */
  const readSection = (chunk: Buffer, at: number): number => {
    if (lastFields !== undefined && standsAt(chunk, at, lastSection)) {
      return at + lastSection.length;
    }
    const section = chunk.toString('latin1', at, at + HEAD_LIMIT_BYTES);
    const end = section.indexOf(HEAD_END);
    // A head may have no field at all.
    if (end < 0 || section.startsWith('\r\n')) return 0;
    const fields = readFields(section.slice(0, end));
    if (fields === undefined) return 0;
    const bodyAt = at + end + HEAD_END.length;
    lastFields = fields;
    // A copy: the chunk is large, and this stays.
    lastSection = Buffer.from(chunk.subarray(at, bodyAt));
    return bodyAt;
  };

  return (chunk, at) => {
    const lineEnd = chunk.indexOf(CR, at);
    if (lineEnd < 0 || chunk[lineEnd + 1] !== LF || lineEnd - at > HEAD_LIMIT_BYTES) {
      return undefined;
    }
    // The line by itself: whatever keeps an id of its target keeps no more than the line alive.
    const line = chunk.toString('latin1', at, lineEnd);
    if (!line.endsWith(VERSION)) return undefined;
    const space = line.indexOf(' ');
    const method = line.slice(0, space);
    const target = line.slice(space + 1, -VERSION.length);
    if (!METHODS.has(method) || !TARGET.test(target)) return undefined;

    const bodyAt = readSection(chunk, lineEnd + 2);
    if (bodyAt === 0 || lastFields === undefined) return undefined;
    const { headers, bodyLength } = lastFields;
    const end = bodyAt + bodyLength;
    if (end > chunk.length) return undefined;
    const mark = target.indexOf('?');
    return {
      method,
      path: mark < 0 ? target : target.slice(0, mark),
      query: mark < 0 ? '' : target.slice(mark + 1),
      headers,
      body: chunk.subarray(bodyAt, end),
      end,
    };
  };
}
