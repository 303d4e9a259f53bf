/** Wire objects ↔ the Request and Response subsets that modules speak. */
import type { WireRequest, WireResponse } from '../../simulators/network/wire.ts';
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

async function bodyOf(body: ModuleResponse['body']): Promise<string | Uint8Array> {
  if (body === null) return '';
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

export async function readResponse(answer: ModuleResponse): Promise<WireResponse> {
  const headers: Readonly<Record<string, string>> =
    answer.headers instanceof Headers ? Object.fromEntries(answer.headers) : answer.headers;
  return { status: answer.status, headers, body: await bodyOf(answer.body) };
}
