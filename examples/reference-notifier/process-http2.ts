import { connect, constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { FetchedResponse, FetchOptions } from 'bellwether/module';

/** Calls over one HTTP/2 connection per origin, as APNs wants it; with a CA of one's own. */
export interface Http2Client {
  fetch(url: string, options?: FetchOptions): Promise<FetchedResponse>;
  close(): void;
}

export function createHttp2Client(caPem: string | undefined): Http2Client {
  const sessions = new Map<string, ClientHttp2Session>();

  const sessionTo = (origin: string): ClientHttp2Session => {
    const open = sessions.get(origin);
    if (open !== undefined && !open.closed && !open.destroyed) return open;
    const session = connect(origin, caPem === undefined ? {} : { ca: caPem });
    // Each request learns of the error by itself; here it only means: connect again.
    const forget = (): void => {
      if (sessions.get(origin) === session) sessions.delete(origin);
    };
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    session.unref();
    sessions.set(origin, session);
    return session;
  };

  return {
    fetch: (address, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const url = new URL(address);
        const stream = sessionTo(url.origin).request({
          ...headers,
          [constants.HTTP2_HEADER_METHOD]: method,
          [constants.HTTP2_HEADER_PATH]: `${url.pathname}${url.search}`,
        });
        const chunks: Buffer[] = [];
        let status = 0;
        let fields: Record<string, unknown> = {};
        stream.on('response', (received) => {
          status = Number(received[constants.HTTP2_HEADER_STATUS]);
          fields = received;
        });
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', reject);
        stream.on('close', () => {
          if (status === 0) reject(new Error('the stream was closed without an answer'));
          else resolve(toResponse(status, fields, Buffer.concat(chunks)));
        });
        stream.end(body);
      }),
    close: () => {
      for (const session of sessions.values()) session.destroy();
      sessions.clear();
    },
  };
}

function toResponse(
  status: number,
  fields: Record<string, unknown>,
  body: Buffer,
): FetchedResponse {
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: {
      get: (name) => {
        const value = fields[name.toLowerCase()];
        return typeof value === 'string' ? value : null;
      },
    },
    text: async () => body.toString('utf8'),
    json: async () => JSON.parse(body.toString('utf8')) as unknown,
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}
