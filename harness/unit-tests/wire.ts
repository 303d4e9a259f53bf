/** The Fetch standard's requests and responses ↔ those of the doors. */
import type {
  Exchange,
  OutboundRequest,
  OutboundResult,
  WireRequest,
} from '../../simulators/network/wire.ts';

export async function wireOf(request: Request): Promise<WireRequest> {
  const url = new URL(request.url);
  const headers: Record<string, string> = { host: url.host };
  for (const [name, value] of request.headers) headers[name] = value;
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > 0) headers['content-length'] ??= String(body.length);
  const { pathname: path, search } = url;
  return { method: request.method, path, query: search.slice(1), headers, body };
}

function bytesOf(body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body);
}

/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** A connection that breaks is a network error; a silence ends only with the request. */
export function responseOf(exchange: Exchange, signal: AbortSignal): Promise<Response> {
  if (exchange.kind === 'reset') return Promise.resolve(Response.error());
  if (exchange.kind === 'silence') {
    return new Promise((_resolve, reject) => {
      const end = (): void => reject(signal.reason as Error);
      // It may have ended while the request was read.
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }
  const { status, headers, body } = exchange.response;
  const content = WITHOUT_BODY.has(status) ? null : bytesOf(body);
  return Promise.resolve(new Response(content, { status, headers: { ...headers } }));
}

/** A call of the world, as the code under test gets it: at `base` instead of at `from`. */
export function requestOf(asked: OutboundRequest, from: string, base: string): Request {
  const { method, headers, body } = asked;
  const content = body === undefined ? {} : { body: bytesOf(body) };
  return new Request(base + asked.url.slice(from.length), {
    method,
    headers: { ...headers },
    redirect: 'manual',
    ...(method === 'GET' || method === 'HEAD' ? {} : content),
  });
}

export async function resultOf(response: Response, calledUrl: string): Promise<OutboundResult> {
  const headers = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies.join('\n');
  const body = new Uint8Array(await response.arrayBuffer());
  const told = headers['location'];
  const location = told === undefined ? undefined : URL.parse(told, calledUrl)?.href;
  return {
    kind: 'answer',
    response: { status: response.status, headers, body },
    ...(location === undefined ? {} : { location }),
  };
}
