/** Wire objects ↔ the Request and Response subsets that modules speak. */
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';
import type { ModuleRequest, ModuleResponse } from './module-ports.ts';

/** Costs an object, not a stream: `new Request` would be half of a virtual message's time. */
export function lightRequest(request: WireRequest, baseUrl: string): ModuleRequest {
  const text = (): string => Buffer.from(request.body).toString('utf8');
  return {
    method: request.method,
    url: `${baseUrl}${request.path}${request.query === '' ? '' : `?${request.query}`}`,
    headers: { get: (name) => request.headers[name.toLowerCase()] ?? null },
    text: async () => text(),
    json: async () => JSON.parse(text()) as unknown,
    arrayBuffer: async () => new Uint8Array(request.body).buffer,
  };
}

/** At once for whole bodies; only a stream has to be waited for. */
export function readResponse(answer: ModuleResponse): Exchange | Promise<Exchange> {
  const { status, body } = answer;
  const headers: Readonly<Record<string, string>> =
    answer.headers instanceof Headers ? Object.fromEntries(answer.headers) : answer.headers;
  const whole = (read: string | Uint8Array): Exchange => ({
    kind: 'answer',
    response: { status, headers, body: read },
  });
  if (body === null) return whole('');
  if (typeof body === 'string' || body instanceof Uint8Array) return whole(body);
  return new Response(body).arrayBuffer().then((read) => whole(new Uint8Array(read)));
}
