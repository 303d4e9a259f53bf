import type { WireRequest, WireResponse } from './wire.ts';

/** The subset of the Fetch standard's Response that an implementation in the process reads. */
export interface MemoryResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface MemoryFetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Like fetch: rejects when no answer can come, stays pending when none will, never redirects. */
export type MemoryFetch = (url: string, options?: MemoryFetchOptions) => Promise<MemoryResponse>;

/** What a request that never got an answer is rejected with, as `fetch` does it. */
export function fetchFailure(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause });
}

export interface Addressed {
  readonly host: string;
  readonly port: number;
  readonly request: WireRequest;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

const NOTHING = new Uint8Array();

/**
 * What the URL standard leaves as it is: a name whose last label begins with a letter, no port, a
 * path and a query without anything to encode. Nearly all calls are such, and `new URL` costs more
 * than the rest of a call in memory.
 */
const NAME = '(?:[a-z0-9-]+\\.)*[a-z][a-z0-9-]*';
const LITERAL = '[\\w\\-.~:@!$&()*+,;=/%]*';
const PLAIN_URL = new RegExp(`^http://(${NAME})(/${LITERAL})(?:\\?(${LITERAL}))?$`);
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

interface Address {
  readonly named: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query: string;
}

function plainAddress([, host = '', path = '', query = '']: RegExpExecArray): Address {
  return { named: host, host, port: 80, path, query };
}

function parsed(target: string): Address {
  const url = new URL(target);
  return {
    named: url.host,
    host: url.hostname,
    port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 80) : Number(url.port),
    path: url.pathname,
    query: url.search.slice(1),
  };
}

/** A call as it stands on the wire: the same headers that a client over a socket would send. */
export function wireRequest(
  target: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
): Addressed {
  const plain = PLAIN_URL.exec(target);
  const url = plain === null || DOT_SEGMENT.test(target) ? parsed(target) : plainAddress(plain);
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? NOTHING);
  const sent: Record<string, string> = { host: url.named };
  if (typeof body === 'string') sent['content-type'] = 'text/plain;charset=UTF-8';
  for (const name in headers) sent[name.toLowerCase()] = headers[name] ?? '';
  if (bytes.length > 0 || method === 'POST' || method === 'PUT') {
    sent['content-length'] = String(bytes.length);
  }
  const { path, query } = url;
  return {
    host: url.host,
    port: url.port,
    request: { method, path, query, headers: sent, body: bytes },
  };
}

/** A door's answer with the names in lower case, whatever the door wrote. */
export function lowerCaseHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  let asIs = true;
  for (const name in headers) asIs &&= name === name.toLowerCase();
  if (asIs) return headers;
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? '';
  return lower;
}

export function memoryResponse(response: WireResponse, touch: () => void): MemoryResponse {
  const headers = lowerCaseHeaders(response.headers);
  const text = (): string =>
    typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
  const answer = <T>(make: () => T): Promise<T> => {
    touch();
    return new Promise((resolve) => resolve(make()));
  };
  return {
    status: response.status,
    ok: response.status >= 200 && response.status < 300,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: () => answer(text),
    json: () => answer((): unknown => JSON.parse(text())),
    arrayBuffer: () =>
      answer(() => {
        const bytes =
          typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
        return new Uint8Array(bytes).buffer;
      }),
  };
}
