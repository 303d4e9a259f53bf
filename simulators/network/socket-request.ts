import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock } from '../kernel/clock.ts';
import type { OutboundRequest, OutboundResult } from './wire.ts';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { BODY_LIMIT_BYTES } from './request-body.ts';

const DEFAULT_TIMEOUT_MICROS = 30 * MICROS_PER_SECOND;

/**
 * Calls made by the world. Each has a connection of its own: with a kept one, a peer that closes it
 * at the same moment would turn a callback into an ambiguous failure.
 */
export interface OutboundCaller {
  request(call: OutboundRequest): Promise<OutboundResult>;
  close(): void;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

function joinedHeaders(message: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined) continue;
    // Set-Cookie cannot be joined by commas (RFC 6265 §3); a line feed cannot stand in a field.
    headers[name] = Array.isArray(value) ? value.join('\n') : value;
  }
  return headers;
}

function collect(
  message: IncomingMessage,
  url: string,
  end: (result: OutboundResult) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) {
      chunks.push(chunk);
      return;
    }
    end({ kind: 'failure', reason: 'the answer is larger than 10 MiB', handed: true });
    message.destroy();
  });
  message.on('error', (error) => {
    end({ kind: 'failure', reason: reasonOf(error), handed: true });
  });
  message.on('end', () => {
    const headers = joinedHeaders(message);
    const location = headers['location'];
    const target = location === undefined ? undefined : URL.parse(location, url)?.href;
    end({
      kind: 'answer',
      response: { status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks) },
      ...(target === undefined ? {} : { location: target }),
    });
  });
}

export function createOutboundCaller(
  clock: Clock,
  caPem: () => string | undefined,
): OutboundCaller {
  const plain = new HttpAgent({ keepAlive: false });
  const secure = new HttpsAgent({ keepAlive: false });

  const open = (call: OutboundRequest, url: URL): ClientRequest => {
    const headers: Record<string, string | number> = { ...call.headers };
    if (call.body !== undefined) headers['content-length'] = Buffer.byteLength(call.body);
    const options = { method: call.method, headers };
    if (url.protocol !== 'https:') return httpRequest(url, { ...options, agent: plain });
    const ca = caPem();
    const trust = ca === undefined ? {} : { ca };
    return httpsRequest(url, { ...options, ...trust, agent: secure });
  };

  return {
    request: (call) =>
      new Promise((resolve) => {
        const url = URL.parse(call.url);
        if (url === null) {
          resolve({ kind: 'failure', reason: `not a URL: ${call.url}`, handed: false });
          return;
        }
        let handed = false;
        let request: ClientRequest;
        try {
          request = open(call, url);
        } catch (error) {
          // Node refuses a header or method with forbidden characters.
          resolve({ kind: 'failure', reason: reasonOf(error as Error), handed });
          return;
        }
        const end = (result: OutboundResult): void => {
          timer.cancel();
          resolve(result);
        };
        const timer = clock.after(call.timeoutMicros ?? DEFAULT_TIMEOUT_MICROS, () => {
          end({ kind: 'failure', reason: 'ETIMEDOUT', handed });
          request.destroy();
        });
        request.on('finish', () => {
          handed = true;
        });
        request.on('response', (message) => collect(message, call.url, end));
        request.on('error', (error) => {
          end({ kind: 'failure', reason: reasonOf(error), handed });
        });
        request.end(call.body);
      }),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}
