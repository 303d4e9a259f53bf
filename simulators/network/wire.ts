/**
 * The shapes that every door and every network share. A door is a handler of plain request objects;
 * the same handler is served over real sockets (wall time) and over memory (virtual time).
 */
import type { Duplex } from 'node:stream';
import type { VendorHost } from './vendor-hosts.ts';

export interface WireRequest {
  readonly method: string;
  /** Path as it stood on the wire (not percent-decoded), without the query. */
  readonly path: string;
  /** Raw query without `?`; empty when there is none. */
  readonly query: string;
  /** Lower-case names; repeated fields joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body once more, where its sender had it as text: nobody needs to decode it again. */
  readonly text?: string;
  /** The same object for all requests of one HTTP/2 connection; absent elsewhere and in memory. */
  readonly connection?: object;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The head goes out at once, the body so slowly. */
  readonly bytesPerSecond?: number;
  /** Over HTTP/2: no further requests on this connection, with this debug data (RFC 9113 §6.8). */
  readonly goaway?: string;
}

/** What becomes of a request. Delays have passed when the handler returns. */
export type Exchange =
  | { readonly kind: 'answer'; readonly response: WireResponse }
  /** Never answered; the connection stays open. */
  | { readonly kind: 'silence' }
  /** The connection is broken (RST). */
  | { readonly kind: 'reset' };

export interface HttpDoor {
  /** Asked when a connection arrives; false breaks it at once (an outage with `refuse`). */
  accepts(): boolean;
  handle(request: WireRequest): Exchange | Promise<Exchange>;
}

export interface StreamDoor {
  accepts(): boolean;
  connected(stream: Duplex): void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:4321`, `https://…`, `smpp://…`; in memory `http://rbm.test`. */
  readonly url: string;
  /** Breaks what is open now (an outage begins); listening goes on. */
  dropConnections(): void;
  close(): Promise<void>;
}

export interface OutboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The person or service that calls: each has connections of its own. */
  readonly timeoutMicros?: number;
}

/**
 * The outcome of a call that the world makes (callback, link, app). Several Set-Cookie fields of an
 * answer are joined by line feeds. `location` is resolved against the URL that was called.
 */
export type OutboundResult =
  | { readonly kind: 'answer'; readonly response: WireResponse; readonly location?: string }
  /** `handed`: the request was taken before it failed. */
  | { readonly kind: 'failure'; readonly reason: string; readonly handed: boolean };

export interface HttpListenOptions {
  /** TLS with HTTP/2 (APNs); default plain HTTP/1.1. In memory both are ignored. */
  readonly http2?: boolean;
  /** A fixed port instead of any free one. Ignored in memory. */
  readonly port?: number;
  /** Names by which clients of the vendor know this door; see `SocketReach`. Ignored in memory. */
  readonly hosts?: readonly VendorHost[];
}

/** Where destinations that no simulator stands for are told: `CONNECT tracker.example:443`. */
export interface ReachOptions {
  readonly refused: (what: string) => void;
}

/** How clients that know only the vendors' own host names come to the doors. */
export interface SocketReach {
  /**
   * A forward proxy on 127.0.0.1: vendor hosts lead to their doors, TLS included, loopback
   * addresses are passed on, all else is refused. Throws WORLD_PORT_IN_USE, WORLD_LISTEN_FAILED.
   */
  listenProxy(options: ReachOptions): Promise<Listener>;
  /** A listener on 127.0.0.1 for each vendor host of the table, with TLS and without. */
  listenHosts(options: ReachOptions): Promise<(readonly [host: string, port: number])[]>;
  /**
   * The same on another address of this machine, for a network of containers, and for each given
   * port of 127.0.0.1 a door with the same number there, and a name server. With `names` it leads
   * these names there, where the ports 443 and 80 then stand for every vendor host; else it leads
   * nowhere, and is left out where port 53 cannot be had.
   */
  listenAt(
    address: string,
    options: ReachOptions & {
      readonly ports: readonly number[];
      /** Names of that address, for whoever asks the proxy for one of these ports. */
      readonly knownAs: readonly string[];
      readonly names?: (name: string) => boolean;
    },
  ): Promise<AddressListener>;
}

export interface AddressListener {
  /** `http://172.18.0.1:4321` */
  readonly proxyUrl: string;
  /** Whether a name server answers. */
  readonly answersNames: boolean;
  close(): Promise<void>;
}

/** How bytes travel in a cell: `memory` in virtual time, `sockets` in wall time. */
export interface Network {
  readonly wire: 'memory' | 'sockets';
  /** PEM of the certificate authority made for this run; undefined when nothing uses TLS. */
  readonly caPem: string | undefined;
  /** Undefined in memory, where a client has no sockets to be led anywhere. */
  readonly reach?: SocketReach;
  /**
   * `name` becomes the host in memory (`rbm.test`). Throws WORLD_PORT_IN_USE and
   * WORLD_LISTEN_FAILED.
   */
  listenHttp(name: string, door: HttpDoor, options?: HttpListenOptions): Promise<Listener>;
  listenStream(
    name: string,
    door: StreamDoor,
    options?: { readonly port?: number },
  ): Promise<Listener>;
  /** A call made by the world. Redirects are not followed. Never throws. */
  request(request: OutboundRequest): Promise<OutboundResult>;
  /**
   * The same for whoever calls a thousand times: `told` runs at the very moment of the outcome,
   * never before this returns.
   */
  call(request: OutboundRequest, told: (result: OutboundResult) => void): void;
  /** For implementations in the process: a client's view of the doors. */
  connect(host: string, port: number): Promise<Duplex>;
  close(): Promise<void>;
}
