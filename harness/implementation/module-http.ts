/** Wire objects ↔ the Request and Response subsets that modules speak. */
import { MemoryBody } from '../../simulators/network/memory-fetch.ts';
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';
import type { ModuleRequest, ModuleResponse } from './module-ports.ts';

/** Costs an object, not a stream: `new Request` would be half of a virtual message's time. */
class LightRequest extends MemoryBody implements ModuleRequest {
  readonly method: string;
  readonly url: string;
  readonly #fields: Readonly<Record<string, string>>;

  constructor({ method, path, query, headers, text, body }: WireRequest, baseUrl: string) {
    super(text ?? body);
    this.method = method;
    this.url = query === '' ? `${baseUrl}${path}` : `${baseUrl}${path}?${query}`;
    this.#fields = headers;
  }

  get headers(): ModuleRequest['headers'] {
    return { get: (name) => this.#fields[name.toLowerCase()] ?? null };
  }
}

export function lightRequest(request: WireRequest, baseUrl: string): ModuleRequest {
  return new LightRequest(request, baseUrl);
}

function whole({ status, headers }: ModuleResponse, body: string | Uint8Array): Exchange {
  // To name the class would load Node's whole HTTP client.
  const fields = Symbol.iterator in headers ? Object.fromEntries(headers) : headers;
  return { kind: 'answer', response: { status, headers: fields, body } };
}

/** At once for whole bodies; only a stream has to be waited for. */
export function readResponse(answer: ModuleResponse): Exchange | Promise<Exchange> {
  const { body } = answer;
  if (body === null) return whole(answer, '');
  if (typeof body === 'string' || body instanceof Uint8Array) return whole(answer, body);
  return new Response(body).arrayBuffer().then((read) => whole(answer, new Uint8Array(read)));
}
