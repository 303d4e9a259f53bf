/**
 * The network of wall time: real servers on 127.0.0.1, any free port unless one is asked for.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../kernel/clock.ts';
import type { BellwetherError } from '../kernel/errors.ts';
import type { RunCertificates } from './run-certificates.ts';
import type { HttpDoor, HttpListenOptions, Listener, Network, StreamDoor } from './wire.ts';
import { connect as openSocket, createServer } from 'node:net';
import { harnessFault } from './harness-fault.ts';
import { createHttp1Server } from './http1-server.ts';
import { createHttp2Server } from './http2-server.ts';
import { createRunCertificates, keptRunCertificates } from './run-certificates.ts';
import { listen } from './socket-listener.ts';
import { createSocketReach } from './socket-reach.ts';
import { createOutboundCaller } from './socket-request.ts';
import { createVendorHosts } from './vendor-hosts.ts';

export interface SocketNetworkOptions {
  readonly clock: Clock;
  /** A door threw: our own defect, never traffic. Default: an uncaught exception. */
  readonly onHarnessError?: (error: BellwetherError) => void;
  /** For a program that is told everything before the run; undefined = whatever is free. */
  readonly fixed?: FixedAddresses;
  /** More names than `localhost` for the servers' certificate: the vendors' hosts. */
  readonly certificateNames?: readonly string[];
}

/** What stays the same from one network to the next, on one machine. */
export interface FixedAddresses {
  /** Doors that ask for no port of their own count up from here, in order of listening. */
  readonly firstPort: number;
  /** Where the certificate authority and the servers' certificate are kept. */
  readonly certificatesFolder: string;
}

export function createSocketNetwork(options: SocketNetworkOptions): Network {
  const { clock, fixed } = options;
  const listeners = new Set<Listener>();
  const vendors = createVendorHosts();
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

  const certificatesOfRun = async (): Promise<RunCertificates> => {
    const now = clock.epochMillis();
    making ??=
      fixed === undefined
        ? createRunCertificates(now, options.certificateNames)
        : keptRunCertificates(fixed.certificatesFolder, now, options.certificateNames);
    certificates = await making;
    return certificates;
  };

  const reach = createSocketReach({
    vendors,
    certificates: certificatesOfRun,
    request: (call) => caller.request(call),
    failed,
    clock,
    port: () => portOf(0),
    keep,
  });

  const listenHttp = async (
    name: string,
    door: HttpDoor,
    { http2 = false, port = 0, hosts = [] }: HttpListenOptions = {},
  ): Promise<Listener> => {
    const accepts = (): boolean => door.accepts();
    const server = http2
      ? createHttp2Server(door, await certificatesOfRun(), { failed, clock })
      : createHttp1Server(door, { failed, clock });
    const scheme = http2 ? 'https' : 'http';
    const listener = await listen(server, { name, scheme, port: portOf(port), accepts });
    const forget = vendors.add(door, hosts);
    return keep({
      ...listener,
      dropConnections: () => {
        listener.dropConnections();
        reach.drop(door);
      },
      close: () => {
        forget();
        return listener.close();
      },
    });
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
    const accepts = (): boolean => door.accepts();
    return keep(await listen(server, { name, scheme: 'smpp', port: portOf(port), accepts }));
  };

  return {
    wire: 'sockets',
    get caPem() {
      return certificates?.caPem;
    },
    reach,
    listenHttp,
    listenStream,
    request: (call) => caller.request(call),
    call: (request, told) => {
      void caller.request(request).then(told);
    },
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
