/** The ways into a network of sockets for clients that know only the vendors' own host names. */
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { RunCertificates } from './run-certificates.ts';
import type { VendorFront } from './vendor-front.ts';
import type { VendorHosts } from './vendor-hosts.ts';
import type { Clock } from '../kernel/clock.ts';
import type { HttpDoor, Listener, Network, SocketReach } from './wire.ts';
import { createHttp2Server } from './http2-server.ts';
import { createHttp1Server } from './http1-server.ts';
import { listenForNames } from './name-server.ts';
import { createProxyServer, isLoopback, join } from './proxy-server.ts';
import { listen, LOOPBACK } from './socket-listener.ts';
import { createVendorFront } from './vendor-front.ts';
import { hostOf } from './vendor-hosts.ts';

export interface SocketReachOptions {
  readonly vendors: VendorHosts;
  readonly certificates: () => Promise<RunCertificates>;
  readonly request: Network['request'];
  readonly failed: (cause: unknown, where: string) => void;
  readonly clock: Clock;
  /** The next fixed port where the network has fixed ones, else 0. */
  readonly port: () => number;
  /** Closes the listener with the network. */
  readonly keep: (listener: Listener) => Listener;
}

export interface ReachOfNetwork extends SocketReach {
  /** Breaks what has come to this door by a vendor's name. */
  drop(door: HttpDoor): void;
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;
const always = (): boolean => true;
const never = (): boolean => false;

/** Leads each connection on to the door with this port on 127.0.0.1. */
function createRelay(port: number): Server {
  return createServer({ noDelay: true }, (socket) => {
    const near: Socket = connect({ host: LOOPBACK, port, noDelay: true });
    join(socket, near);
  });
}

export function createSocketReach(options: SocketReachOptions): ReachOfNetwork {
  const { vendors, failed, clock, request, keep } = options;
  const fronts = new Set<VendorFront>();

  const openFront = async (refused: (what: string) => void): Promise<VendorFront> => {
    const certificates = await options.certificates();
    const front = createVendorFront({ vendors, certificates, refused, failed, clock });
    fronts.add(front);
    return front;
  };

  const proxyServer = async (
    refused: (what: string) => void,
    near: (host: string, port: number) => string | undefined,
  ): Promise<Server> => {
    const front = await openFront(refused);
    const server = createProxyServer({ vendors, front, near, request, refused, failed });
    server.once('close', () => {
      front.close();
      fronts.delete(front);
    });
    return server;
  };

  return {
    drop: (door) => {
      for (const front of fronts) front.drop(door);
    },
    listenProxy: async ({ refused }) => {
      const near = (name: string): string | undefined => (isLoopback(name) ? name : undefined);
      const server = await proxyServer(refused, near);
      const at = { name: 'the proxy', scheme: 'http', port: options.port(), accepts: always };
      return keep(await listen(server, at));
    },
    listenHosts: async ({ refused }) => {
      const front = await openFront(refused);
      const listening: [string, number][] = [];
      for (const name of vendors.names) {
        const server = createServer({ noDelay: true }, (socket) => front.take(socket, name));
        const at = { name, scheme: 'https', port: options.port(), accepts: always };
        listening.push([name, keep(await listen(server, at)).port]);
      }
      return listening;
    },
    listenAt: async (host, { refused, ports, knownAs, names }) => {
      // Not this machine's loopback: what else listens there is no business of a container.
      const near = (name: string, port: number): string | undefined =>
        [host, ...knownAs].includes(name) && ports.includes(port) ? LOOPBACK : undefined;
      const opened: { close(): Promise<void> }[] = [];
      const open = async (server: Server, name: string, port: number): Promise<Listener> => {
        const at = { name, scheme: 'http', host, port, accepts: always };
        const listener = keep(await listen(server, at));
        opened.push(listener);
        return listener;
      };
      const close = async (): Promise<void> => {
        await Promise.all(opened.map((listener) => listener.close()));
      };
      try {
        const proxy = await open(await proxyServer(refused, near), 'the proxy', 0);
        for (const port of ports) await open(createRelay(port), 'a relay', port);
        const answers = await listenForNames({
          address: host,
          knows: names ?? never,
          refused,
        }).catch((error: unknown) => {
          if (names !== undefined) throw error;
          return undefined;
        });
        if (answers !== undefined) opened.push(answers);
        if (names !== undefined) {
          const doorFor = (scheme: 'http' | 'https'): HttpDoor => ({
            accepts: always,
            handle: (call) => {
              const doors = vendors.doorsOf(hostOf(call.headers['host'] ?? ''));
              const taken = doors.map((door) => door.accepts());
              // Who is meant is known only now, where a refusal can be no more than a break.
              if (doors.length > 0 && !taken.includes(true)) return { kind: 'reset' };
              return vendors.handle(call, scheme, refused);
            },
          });
          const certificates = await options.certificates();
          const what = 'the vendors’ host names';
          const serving = { failed, clock };
          await open(createHttp2Server(doorFor('https'), certificates, serving), what, HTTPS_PORT);
          await open(createHttp1Server(doorFor('http'), serving), what, HTTP_PORT);
        }
        return { proxyUrl: proxy.url, answersNames: answers !== undefined, close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
