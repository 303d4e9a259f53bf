import type { Server, TLSSocket } from 'node:tls';
import type { ServingOptions } from './http1-server.ts';
import type { HttpDoor } from './wire.ts';
import type { RunCertificates } from './run-certificates.ts';
import { createServer } from 'node:tls';
import { createHttp1Server } from './http1-server.ts';
import { openHttp2Connection } from './http2-connection.ts';

/** Google's servers take the `:scheme` that firebase-admin writes (SNI, RFC 6066 §3). */
const GOOGLE_HOST = /(?:^|\.)googleapis\.com$/;

/**
 * Serves a door over TLS: HTTP/2 (http2-connection.ts), and HTTP/1.1 for clients that offer nothing
 * better (RFC 7301).
 */
export function createHttp2Server(
  door: HttpDoor,
  certificates: RunCertificates,
  serving: ServingOptions,
): Server {
  const http1 = createHttp1Server(door, serving);

  const { certificatePem: cert, privateKeyPem: key } = certificates;
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true });
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol !== 'h2') {
      http1.emit('connection', socket);
      return;
    }
    const { servername } = socket as TLSSocket & { readonly servername?: string | false };
    const anyScheme = typeof servername === 'string' && GOOGLE_HOST.test(servername);
    openHttp2Connection(socket, { door, ...serving, anyScheme });
  });
  // A peer that does not trust the run's authority, or speaks no TLS: there is nothing to answer.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
