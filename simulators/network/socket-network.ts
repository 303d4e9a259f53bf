/**
 * The network of wall time: real servers on 127.0.0.1, any free port unless one is asked for.
 */
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../kernel/clock.ts';
import type { RunCertificates } from './run-certificates.ts';
import type { HttpDoor, HttpListenOptions, Listener, Network, StreamDoor } from './wire.ts';
import { connect as openSocket, createServer } from 'node:net';
import { BellwetherError } from '../kernel/errors.ts';
import { harnessFault } from './harness-fault.ts';
import { createHttp1Server } from './http1-server.ts';
import { createHttp2Server } from './http2-server.ts';
import { createRunCertificates, keptRunCertificates } from './run-certificates.ts';
import { createOutboundCaller } from './socket-request.ts';

const HOST = '127.0.0.1';

export interface SocketNetworkOptions {
  readonly clock: Clock;
  /** A door threw: our own defect, never traffic. Default: an uncaught exception. */
  readonly onHarnessError?: (error: BellwetherError) => void;
  /** For a program that is told everything before the run; undefined = whatever is free. */
  readonly fixed?: FixedAddresses;
}

/** What stays the same from one network to the next, on one machine. */
export interface FixedAddresses {
  /** Doors that ask for no port of their own count up from here, in order of listening. */
  readonly firstPort: number;
  /** Where the certificate authority and the servers' certificate are kept. */
  readonly certificatesFolder: string;
}

function listenError(name: string, port: number, cause: NodeJS.ErrnoException): BellwetherError {
  if (cause.code === 'EADDRINUSE') {
    return new BellwetherError(`Port ${port} for ${name} is taken by another program`, {
      code: 'WORLD_PORT_IN_USE',
      blame: 'environment',
      hint: 'ask for another port, or for none to get any free one',
      cause,
    });
  }
  return new BellwetherError(`${name} cannot listen on ${HOST}:${port}: ${cause.message}`, {
    code: 'WORLD_LISTEN_FAILED',
    blame: 'environment',
    cause,
  });
}

/** Starts a server; `accepts` is asked for each connection before anything is read. */
function listen(
  server: Server,
  name: string,
  scheme: string,
  port: number,
  accepts: () => boolean,
): Promise<Listener> {
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
    server.once('error', (error) => reject(listenError(name, port, error)));
    server.listen(port, HOST, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve({
        host: HOST,
        port: actual,
        url: `${scheme}://${HOST}:${actual}`,
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

export function createSocketNetwork(options: SocketNetworkOptions): Network {
  const { clock, fixed } = options;
  const listeners = new Set<Listener>();
  const clients = new Set<Socket>();
  let certificates: RunCertificates | undefined;
  /** One authority, however many servers start at once. */
  let making: Promise<RunCertificates> | undefined;
  let nextPort = fixed?.firstPort ?? 0;
  /** 0 lets the operating system choose. */
  const portOf = (asked: number): number => (asked !== 0 || nextPort === 0 ? asked : nextPort++);
  const caller = createOutboundCaller(clock, () => certificates?.caPem);

  const failed = (cause: unknown, where: string): void => {
    const error = harnessFault(cause, where);
    if (options.onHarnessError !== undefined) {
      options.onHarnessError(error);
      return;
    }
    clock.after(0, () => {
      throw error;
    });
  };

  const keep = (listener: Listener): Listener => {
    listeners.add(listener);
    return {
      ...listener,
      close: () => {
        listeners.delete(listener);
        return listener.close();
      },
    };
  };

  const listenHttp = async (
    name: string,
    door: HttpDoor,
    { http2 = false, port = 0 }: HttpListenOptions = {},
  ): Promise<Listener> => {
    const accepts = (): boolean => door.accepts();
    if (!http2) {
      const plain = createHttp1Server(door, failed);
      return keep(await listen(plain, name, 'http', portOf(port), accepts));
    }
    const now = clock.epochMillis();
    making ??=
      fixed === undefined
        ? createRunCertificates(now)
        : keptRunCertificates(fixed.certificatesFolder, now);
    certificates = await making;
    const server = createHttp2Server(door, certificates, failed);
    return keep(await listen(server, name, 'https', portOf(port), accepts));
  };

  const listenStream = async (
    name: string,
    door: StreamDoor,
    { port = 0 }: { readonly port?: number } = {},
  ): Promise<Listener> => {
    const server = createServer({ noDelay: true }, (socket) => {
      if (socket.destroyed) return;
      try {
        door.connected(socket);
      } catch (error) {
        socket.destroy();
        failed(error, `a connection to ${name}`);
      }
    });
    return keep(await listen(server, name, 'smpp', portOf(port), () => door.accepts()));
  };

  return {
    wire: 'sockets',
    get caPem() {
      return certificates?.caPem;
    },
    listenHttp,
    listenStream,
    request: (call) => caller.request(call),
    connect: (host, port) =>
      new Promise<Duplex>((resolve, reject) => {
        const socket = openSocket({ host, port, noDelay: true });
        clients.add(socket);
        socket.once('close', () => clients.delete(socket));
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject);
          resolve(socket);
        });
      }),
    close: async () => {
      for (const socket of clients) socket.destroy();
      caller.close();
      await Promise.all([...listeners].map((listener) => listener.close()));
      listeners.clear();
    },
  };
}
