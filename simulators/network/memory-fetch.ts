import type { WireRequest, WireResponse } from './wire.ts';

/** The subset of the Fetch standard's Response that an implementation in the process gets. */
export interface FetchedResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Like fetch: rejects when no answer can come, stays pending when none will, never redirects. */
export type MemoryFetch = (url: string, options?: FetchOptions) => Promise<FetchedResponse>;

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
 * path without dot segments, and nothing to encode there or in the query. Nearly all calls are
 * such, and `new URL` costs more than the rest of a call in memory.
 */
const NAME = String.raw`(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*`;
const SEGMENT = String.raw`/(?!\.|%2[eE])[\w\-.~:@!$&()*+,;=%]*`;
const QUERY = String.raw`\?[\w\-.~:@!$&()*+,;=/%]*`;
const PLAIN = new RegExp(`^http://${NAME}(?:${SEGMENT})+(?:${QUERY})?$`);
const SCHEME = 'http://';

interface Address {
  readonly named: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query: string;
}

function plainAddress(target: string): Address | undefined {
  if (!PLAIN.test(target)) return undefined;
  const at = target.indexOf('/', SCHEME.length);
  const host = target.slice(SCHEME.length, at);
  const mark = target.indexOf('?', at);
  const path = target.slice(at, mark === -1 ? undefined : mark);
  return { named: host, host, port: 80, path, query: mark === -1 ? '' : target.slice(mark + 1) };
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

/** A request whose body is encoded only when somebody asks for its bytes. */
class SentRequest implements WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  #body: Uint8Array | undefined;

  constructor(
    method: string,
    { path, query }: Address,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array | undefined,
  ) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    if (typeof body !== 'string') this.#body = body ?? NOTHING;
    // What cannot be encoded as it is does not arrive as it was.
    else if (body.isWellFormed()) this.text = body;
    else this.#body = Buffer.from(body);
  }

  get body(): Uint8Array {
    this.#body ??= Buffer.from(this.text ?? '');
    return this.#body;
  }
}

function lengthOf(body: string | Uint8Array | undefined): number {
  if (body === undefined) return 0;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

/** A call as it stands on the wire: the same headers that a client over a socket would send. */
export function wireRequest(
  target: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
): Addressed {
  const url = plainAddress(target) ?? parsed(target);
  const length = lengthOf(body);
  const sent: Record<string, string> = { host: url.named };
  if (typeof body === 'string') sent['content-type'] = 'text/plain;charset=UTF-8';
  for (const name in headers) sent[name.toLowerCase()] = headers[name] ?? '';
  if (length > 0 || method === 'POST' || method === 'PUT') {
    sent['content-length'] = String(length);
  }
  return { host: url.host, port: url.port, request: new SentRequest(method, url, sent, body) };
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

/** A body that is there already, as the Fetch standard lets it be read. */
export class MemoryBody {
  readonly #body: string | Uint8Array;
  readonly #touch: (() => void) | undefined;
  readonly #whole: Promise<void> | undefined;

  /**
   * `touch`: told of promise work, where the reader's caller does not tell it. `whole`: until when
   * the body is still under way.
   */
  constructor(body: string | Uint8Array, touch?: () => void, whole?: Promise<void>) {
    this.#body = body;
    this.#touch = touch;
    this.#whole = whole;
  }

  #read(): string {
    this.#touch?.();
    const body = this.#body;
    if (typeof body === 'string') return body;
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  }

  async text(): Promise<string> {
    if (this.#whole !== undefined) await this.#whole;
    return this.#read();
  }

  async json(): Promise<unknown> {
    if (this.#whole !== undefined) await this.#whole;
    return JSON.parse(this.#read());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#whole !== undefined) await this.#whole;
    this.#touch?.();
    const body = this.#body;
    return new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body).buffer;
  }
}

class ReceivedResponse extends MemoryBody implements FetchedResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly #fields: Readonly<Record<string, string>>;

  constructor(
    { status, headers, body }: WireResponse,
    touch: () => void,
    whole: Promise<void> | undefined,
  ) {
    super(body, touch, whole);
    this.status = status;
    this.ok = status >= 200 && status < 300;
    this.#fields = headers;
  }

  get headers(): FetchedResponse['headers'] {
    const fields = lowerCaseHeaders(this.#fields);
    return { get: (name) => fields[name.toLowerCase()] ?? null };
  }
}

export function memoryResponse(
  response: WireResponse,
  touch: () => void,
  whole?: Promise<void>,
): FetchedResponse {
  return new ReceivedResponse(response, touch, whole);
}
