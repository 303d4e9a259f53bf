/**
 * Takes connections that were meant for a vendor's host, whoever brings them (the proxy, a
 * container whose host names lead here), and lets the simulators behind that host answer: TLS or
 * plain by the first byte, HTTP/2 or HTTP/1.1 by ALPN.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../kernel/clock.ts';
import type { RunCertificates } from './run-certificates.ts';
import type { VendorHosts } from './vendor-hosts.ts';
import type { HttpDoor } from './wire.ts';
import { createHttp1Server } from './http1-server.ts';
import { createHttp2Server } from './http2-server.ts';

export interface VendorFrontOptions {
  readonly vendors: VendorHosts;
  readonly certificates: RunCertificates;
  /** A request came for a host that no simulator stands for: `POST https://tracker.example/v1`. */
  readonly refused: (what: string) => void;
  /** A door threw. */
  readonly failed: (cause: unknown, where: string) => void;
  readonly clock: Clock;
}

export interface VendorFront {
  /**
   * Takes a connection meant for `host`, which is in the table; `taken` is called before anything
   * is read. Breaks it at once while every simulator behind it refuses connections.
   */
  take(socket: Socket, host: string, taken?: () => void): void;
  /** Breaks what is open towards this door. */
  drop(door: HttpDoor): void;
  close(): void;
}

/** First byte of a TLS record that holds a ClientHello (RFC 8446 §5.1, content type handshake). */
const TLS_HANDSHAKE = 0x16;

/**
 * The host name that a ClientHello asks for is checked no further: one certificate has all names.
 */
export function createVendorFront(options: VendorFrontOptions): VendorFront {
  const { vendors, certificates, refused, failed, clock } = options;
  const doorFor = (scheme: 'http' | 'https'): HttpDoor => ({
    accepts: () => true,
    handle: (request) => vendors.handle(request, scheme, refused),
  });
  const plain = createHttp1Server(doorFor('http'), { failed, clock });
  const secure = createHttp2Server(doorFor('https'), certificates, { failed, clock });
  const open = new Map<Socket, readonly HttpDoor[]>();
  return {
    take: (socket, host, taken) => {
      const doors = vendors.doorsOf(host);
      // In this order each is asked: a refusal is counted where it happens.
      if (!doors.map((door) => door.accepts()).includes(true)) {
        socket.resetAndDestroy();
        return;
      }
      taken?.();
      open.set(socket, doors);
      socket.once('close', () => open.delete(socket));
      // The peer may go away before it has said anything.
      socket.on('error', () => socket.destroy());
      socket.once('readable', () => {
        const first = socket.read(1) as Buffer | null;
        if (first === null) return;
        socket.unshift(first);
        (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
      });
    },
    drop: (door) => {
      for (const [socket, doors] of open) if (doors.includes(door)) socket.resetAndDestroy();
    },
    close: () => {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
