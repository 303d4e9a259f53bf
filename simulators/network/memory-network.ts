/**
 * The network of virtual time: requests are objects, byte streams are pairs in memory, and all
 * take the same small fixed time. Nothing here opens a socket, so a run repeats byte for byte.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../kernel/clock.ts';
import type { Addressed, MemoryFetch, MemoryResponse } from './memory-fetch.ts';
import type {
  Exchange,
  HttpDoor,
  Listener,
  Network,
  OutboundRequest,
  OutboundResult,
  StreamDoor,
  WireRequest,
  WireResponse,
} from './wire.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { BellwetherError } from '../kernel/errors.ts';
import { harnessFault } from './harness-fault.ts';
import { fetchFailure, lowerCaseHeaders, memoryResponse, wireRequest } from './memory-fetch.ts';
import { connectionError, createStreamPair } from './memory-stream.ts';

const DEFAULT_LATENCY_MICROS = 200;
const DEFAULT_TIMEOUT_MICROS = 30 * MICROS_PER_SECOND;
const HTTP_PORT = 80;
/** SMPP's registered port; the only stream protocol so far. */
const STREAM_PORT = 2775;

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** Each way; default 200 µs. */
  readonly latencyMicros?: number;
  /** A door threw: our own defect, never traffic. Default: thrown out of the clock. */
  readonly onHarnessError?: (error: BellwetherError) => void;
}

export interface MemoryNetwork extends Network {
  readonly wire: 'memory';
  /** Makes `http://<host>/` reach this door (an implementation in the process). */
  registerHost(host: string, door: HttpDoor): Listener;
  /** A fetch for an implementation in the process. A request that nobody answers stays pending. */
  fetchAs(): MemoryFetch;
}

/** How one exchange ended, for whoever asked. */
type Ending =
  | { readonly kind: 'answer'; readonly response: WireResponse }
  | { readonly kind: 'broken'; readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND' };

interface HttpHost {
  readonly door: HttpDoor;
  /** Breaks an exchange that is under way. */
  readonly open: Set<() => void>;
}

interface StreamHost {
  readonly door: StreamDoor;
  readonly open: Set<Duplex>;
}

function hostName(name: string): string {
  return name.includes('.') ? name : `${name.replaceAll(/[^a-z0-9-]+/gi, '-')}.test`;
}

function inUse(host: string): BellwetherError {
  return new BellwetherError(`Something listens on ${host} already`, {
    code: 'WORLD_PORT_IN_USE',
    blame: 'harness',
  });
}

/** undefined when it is not a URL. */
function addressOf({ url, method, headers, body }: OutboundRequest): Addressed | undefined {
  try {
    return wireRequest(url, method, headers, body);
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL') {
      return undefined;
    }
    throw error;
  }
}

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock } = options;
  const latencyMicros = options.latencyMicros ?? DEFAULT_LATENCY_MICROS;
  const httpHosts = new Map<string, HttpHost>();
  const streamHosts = new Map<string, StreamHost>();
  const touch = (): void => clock.touch();

  const surface = (cause: unknown, where: string): void => {
    const error = harnessFault(cause, where);
    if (options.onHarnessError === undefined) {
      clock.after(0, () => {
        throw error;
      });
      return;
    }
    options.onHarnessError(error);
  };

  /**
   * Brings a request to its door and the answer back. `taken` is called when the door has it;
   * `end` at most once. Returns what abandons it: the caller no longer waits.
   */
  const exchange = (
    hostname: string,
    request: WireRequest,
    taken: () => void,
    end: (ending: Ending) => void,
  ): (() => void) => {
    let over = false;
    let host: HttpHost | undefined;
    const finish = (ending: Ending): void => {
      if (over) return;
      over = true;
      host?.open.delete(breakIt);
      touch();
      end(ending);
    };
    const breakIt = (): void => finish({ kind: 'broken', code: 'ECONNRESET' });
    const deliver = (outcome: Exchange): void => {
      if (over || outcome.kind === 'silence') return;
      clock.after(latencyMicros, () => (outcome.kind === 'reset' ? breakIt() : finish(outcome)));
    };
    const failed = (cause: unknown): void => {
      surface(cause, `${request.method} ${hostname}${request.path}`);
      breakIt();
    };
    const arrive = (): void => {
      if (over) return;
      host = httpHosts.get(hostname);
      if (host === undefined) return finish({ kind: 'broken', code: 'ENOTFOUND' });
      try {
        if (!host.door.accepts()) return finish({ kind: 'broken', code: 'ECONNREFUSED' });
        host.open.add(breakIt);
        taken();
        const outcome = host.door.handle(request);
        if (outcome instanceof Promise) {
          touch();
          outcome.then(deliver, failed);
          return;
        }
        return deliver(outcome);
      } catch (error) {
        return failed(error);
      }
    };
    clock.after(latencyMicros, arrive);
    return () => {
      over = true;
      host?.open.delete(breakIt);
    };
  };

  const registerHost = (host: string, door: HttpDoor, port = HTTP_PORT): Listener => {
    if (httpHosts.has(host)) throw inUse(host);
    const entry: HttpHost = { door, open: new Set() };
    httpHosts.set(host, entry);
    const dropConnections = (): void => {
      for (const breakIt of entry.open) breakIt();
    };
    return {
      host,
      port,
      url: port === HTTP_PORT ? `http://${host}` : `http://${host}:${port}`,
      dropConnections,
      close: async () => {
        dropConnections();
        if (httpHosts.get(host) === entry) httpHosts.delete(host);
      },
    };
  };

  const listenStream = async (name: string, door: StreamDoor): Promise<Listener> => {
    const host = hostName(name);
    if (streamHosts.has(host)) throw inUse(host);
    const entry: StreamHost = { door, open: new Set() };
    streamHosts.set(host, entry);
    const dropConnections = (): void => {
      for (const stream of entry.open) stream.destroy();
    };
    return {
      host,
      port: STREAM_PORT,
      url: `smpp://${host}:${STREAM_PORT}`,
      dropConnections,
      close: async () => {
        dropConnections();
        if (streamHosts.get(host) === entry) streamHosts.delete(host);
      },
    };
  };

  const connect = (hostname: string): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const arrive = (): void => {
        touch();
        const host = streamHosts.get(hostname);
        if (host === undefined || !host.door.accepts()) {
          reject(connectionError('ECONNREFUSED', 'connect'));
          return;
        }
        const [near, far] = createStreamPair(clock, latencyMicros);
        host.open.add(far);
        far.once('close', () => host.open.delete(far));
        try {
          host.door.connected(far);
        } catch (error) {
          surface(error, `a connection to ${hostname}`);
          far.destroy();
        }
        resolve(near);
      };
      clock.after(2 * latencyMicros, arrive);
    });

  const request = (call: OutboundRequest): Promise<OutboundResult> =>
    new Promise((resolve) => {
      const addressed = addressOf(call);
      if (addressed === undefined) {
        resolve({ kind: 'failure', reason: `not a URL: ${call.url}`, handed: false });
        return;
      }
      const { host, request: sent } = addressed;
      let handed = false;
      const timeoutMicros = call.timeoutMicros ?? DEFAULT_TIMEOUT_MICROS;
      const abandon = exchange(
        host,
        sent,
        () => {
          handed = true;
        },
        (ending) => {
          timer.cancel();
          if (ending.kind === 'broken') {
            resolve({ kind: 'failure', reason: ending.code, handed });
            return;
          }
          const headers = lowerCaseHeaders(ending.response.headers);
          const location = headers['location'];
          const target = location === undefined ? undefined : URL.parse(location, call.url)?.href;
          resolve({
            kind: 'answer',
            response: { ...ending.response, headers },
            ...(target === undefined ? {} : { location: target }),
          });
        },
      );
      const timer = clock.after(timeoutMicros, () => {
        abandon();
        touch();
        resolve({ kind: 'failure', reason: 'ETIMEDOUT', handed });
      });
    });

  const fetchAs =
    (): MemoryFetch =>
    (url, init = {}): Promise<MemoryResponse> =>
      new Promise((resolve, reject) => {
        const method = (init.method ?? 'GET').toUpperCase();
        const { host, request: sent } = wireRequest(url, method, init.headers ?? {}, init.body);
        exchange(
          host,
          sent,
          () => {},
          (ending) => {
            if (ending.kind === 'answer') {
              resolve(memoryResponse(ending.response, touch));
              return;
            }
            const { code } = ending;
            const message = `request to ${host} failed: ${code}`;
            reject(fetchFailure(Object.assign(new Error(message), { code })));
          },
        );
      });

  return {
    wire: 'memory',
    caPem: undefined,
    registerHost: (host, door) => registerHost(host, door),
    listenHttp: async (name, door) => registerHost(hostName(name), door),
    listenStream,
    request,
    connect,
    fetchAs,
    close: async () => {
      for (const host of httpHosts.values()) for (const breakIt of host.open) breakIt();
      for (const host of streamHosts.values()) for (const stream of host.open) stream.destroy();
      httpHosts.clear();
      streamHosts.clear();
    },
  };
}
