import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server, TLSSocket } from 'node:tls';
import type { Exchange, HttpDoor, WireResponse } from './wire.ts';
import type { RunCertificates } from './run-certificates.ts';
import { constants, performServerHandshake } from 'node:http2';
import { createServer } from 'node:tls';
import { createHttp1Server } from './http1-server.ts';
import { readBody } from './request-body.ts';
import { mendedConnection } from './scheme-mender.ts';

const BODY_TIMEOUT_MS = 60_000;
const IDLE_SESSION_TIMEOUT_MS = 600_000;
/** Google's servers take what firebase-admin sends (SNI, RFC 6066 §3). */
const GOOGLE_HOST = /(?:^|\.)googleapis\.com$/;
const SETTINGS = { maxConcurrentStreams: 1_000, maxHeaderListSize: 32 * 1024 };

function plainHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    if (name.startsWith(':')) continue;
    const value = headers[name];
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const authority = headers[':authority'];
  if (authority !== undefined && plain['host'] === undefined) plain['host'] = String(authority);
  return plain;
}

/** Once it is answered, no new streams; what is under way is still answered (RFC 9113 §6.8). */
function sayGoodbye({ session, id }: ServerHttp2Stream, reason: string): () => void {
  return () => {
    if (session === undefined || session.destroyed || session.closed) return;
    session.goaway(constants.NGHTTP2_NO_ERROR, id, Buffer.from(reason));
    session.close();
  };
}

function write(stream: ServerHttp2Stream, response: WireResponse): void {
  if (stream.destroyed || stream.closed) return;
  const { status, headers, body, goaway } = response;
  if (goaway !== undefined) stream.once('close', sayGoodbye(stream, goaway));
  const fields: Record<string, string | number> = { ':status': status };
  for (const name in headers) fields[name.toLowerCase()] = headers[name] ?? '';
  if (body.length === 0) {
    stream.respond(fields, { endStream: true });
    return;
  }
  stream.respond(fields);
  stream.end(body);
}

/**
 * Serves a door over TLS: HTTP/2 by its stream interface (the compatibility interface is a third
 * slower), HTTP/1.1 for clients that offer nothing better (RFC 7301). A client that takes it for
 * one of Google's hosts may write the scheme as firebase-admin does (`scheme-mender.ts`).
 */
export function createHttp2Server(
  door: HttpDoor,
  certificates: RunCertificates,
  failed: (cause: unknown, where: string) => void,
): Server {
  const http1 = createHttp1Server(door, failed);

  const serve = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    breakConnection: () => void,
  ): void => {
    const target = headers[':path'] ?? '/';
    const mark = target.indexOf('?');
    const method = headers[':method'] ?? 'GET';
    const conclude = (exchange: Exchange): void => {
      if (exchange.kind === 'answer') write(stream, exchange.response);
      else if (exchange.kind === 'reset') breakConnection();
    };
    const defect = (cause: unknown): void => {
      breakConnection();
      failed(cause, `${method} ${target}`);
    };
    const taken = (body: Uint8Array): void => {
      stream.setTimeout(0);
      try {
        const exchange = door.handle({
          method,
          path: mark < 0 ? target : target.slice(0, mark),
          query: mark < 0 ? '' : target.slice(mark + 1),
          headers: plainHeaders(headers),
          body,
          ...(stream.session !== undefined && { connection: stream.session }),
        });
        if (exchange instanceof Promise) exchange.then(conclude).catch(defect);
        else conclude(exchange);
      } catch (error) {
        defect(error);
      }
    };
    stream.setTimeout(BODY_TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    readBody(stream, taken, () => {
      stream.respond({ ':status': 413 }, { endStream: true });
      stream.close(constants.NGHTTP2_NO_ERROR);
    });
  };

  const { certificatePem: cert, privateKeyPem: key } = certificates;
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true });
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol !== 'h2') {
      http1.emit('connection', socket);
      return;
    }
    const { servername } = socket as TLSSocket & { readonly servername?: string | false };
    const isGoogle = typeof servername === 'string' && GOOGLE_HOST.test(servername);
    const connection = isGoogle ? mendedConnection(socket) : socket;
    const session = performServerHandshake(connection, { settings: SETTINGS });
    const breakConnection = (): void => {
      socket.destroy();
    };
    session.setTimeout(IDLE_SESSION_TIMEOUT_MS, () => session.close());
    session.on('stream', (stream, headers) => serve(stream, headers, breakConnection));
    // The peer broke its connection or HTTP/2's rules: Node has told it so and ended the session.
    session.on('error', () => session.destroy());
  });
  // A peer that does not trust the run's authority, or speaks no TLS: there is nothing to answer.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
