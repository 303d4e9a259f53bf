/** A server of this process, listening: every connection counted, so that all can be broken. */
import type { Server, Socket } from 'node:net';
import { BellwetherError } from '../kernel/errors.ts';
import type { Listener } from './wire.ts';

export const LOOPBACK = '127.0.0.1';

export interface ListenAt {
  /** For messages. */
  readonly name: string;
  readonly scheme: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Asked for each connection before anything is read. */
  readonly accepts: () => boolean;
}

function listenError({ name, port, host }: ListenAt, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EADDRINUSE') {
    return new BellwetherError(`Port ${port} for ${name} is taken by another program`, {
      code: 'WORLD_PORT_IN_USE',
      blame: 'environment',
      hint: 'Stop that program, or choose other ports (--first-port, serve --port).',
      cause,
    });
  }
  const where = `${host ?? LOOPBACK}:${port}`;
  return new BellwetherError(`${name} cannot listen on ${where}: ${cause.message}`, {
    code: 'WORLD_LISTEN_FAILED',
    blame: 'environment',
    cause,
  });
}

/** Starts a server. Throws WORLD_PORT_IN_USE and WORLD_LISTEN_FAILED (environment). */
export function listen(server: Server, at: ListenAt): Promise<Listener> {
  const { scheme, port, accepts, host = LOOPBACK } = at;
  const open = new Set<Socket>();
  server.prependListener('connection', (socket: Socket) => {
    // Refused: the kernel has accepted already, so the connection is broken before a byte is read.
    if (!accepts()) {
      socket.resetAndDestroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const dropConnections = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(at, error)));
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve({
        host,
        port: actual,
        url: `${scheme}://${host}:${actual}`,
        dropConnections,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            dropConnections();
          }),
      });
    });
  });
}
