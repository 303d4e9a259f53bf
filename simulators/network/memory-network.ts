/**
 * The network of virtual time: requests are objects, byte streams are pairs in memory, and all
 * take the same small fixed time. Nothing here opens a socket, so a run repeats byte for byte.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../kernel/clock.ts';
import type { Ending, ExchangePlace, MemoryHost } from './memory-exchange.ts';
import type { Addressed, MemoryFetch, FetchedResponse } from './memory-fetch.ts';
import type {
  HttpDoor,
  Listener,
  Network,
  OutboundRequest,
  OutboundResult,
  StreamDoor,
  WireResponse,
} from './wire.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { BellwetherError } from '../kernel/errors.ts';
import { InOrder } from '../kernel/in-order.ts';
import { harnessFault } from './harness-fault.ts';
import { MemoryExchange } from './memory-exchange.ts';
import { fetchFailure, lowerCaseHeaders, memoryResponse, wireRequest } from './memory-fetch.ts';
import { trickleMicros } from './pace.ts';
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
  /**
   * A fetch for an implementation in the process. A request that nobody answers stays pending.
   * `enter` runs what brings an outcome to its code; default: at once.
   */
  fetchAs(enter?: (task: () => void) => void): MemoryFetch;
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

function brokenCall(host: string, code: string): Error {
  return Object.assign(new Error(`request to ${host} failed: ${code}`), { code });
}

/** Oldest first, with those that come in meanwhile. */
function breakAll(open: InOrder<MemoryExchange>): void {
  for (let one = open.first; one !== undefined; one = open.first) one.break();
}

function answered(response: WireResponse, calledUrl: string): OutboundResult {
  const headers = lowerCaseHeaders(response.headers);
  const location = headers['location'];
  const target = location === undefined ? undefined : URL.parse(location, calledUrl)?.href;
  const { status, body } = response;
  const read = { status, headers, body };
  if (target === undefined) return { kind: 'answer', response: read };
  return { kind: 'answer', response: read, location: target };
}

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock } = options;
  const latencyMicros = options.latencyMicros ?? DEFAULT_LATENCY_MICROS;
  const httpHosts = new Map<string, MemoryHost>();
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

  const place: ExchangePlace = {
    clock,
    latencyMicros,
    hostOf: (name) => httpHosts.get(name),
    surface,
  };

  const registerHost = (host: string, door: HttpDoor, port = HTTP_PORT): Listener => {
    if (httpHosts.has(host)) throw inUse(host);
    const entry: MemoryHost = { door, open: new InOrder() };
    httpHosts.set(host, entry);
    const dropConnections = (): void => breakAll(entry.open);
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

  const call = (asked: OutboundRequest, told: (result: OutboundResult) => void): void => {
    const addressed = addressOf(asked);
    if (addressed === undefined) {
      const failure: OutboundResult = {
        kind: 'failure',
        reason: `not a URL: ${asked.url}`,
        handed: false,
      };
      clock.after(0, () => told(failure));
      return;
    }
    const limitMicros = asked.timeoutMicros ?? DEFAULT_TIMEOUT_MICROS;
    const ended = (ending: Ending, handed: boolean): void => {
      told(
        ending.kind === 'broken'
          ? { kind: 'failure', reason: ending.code, handed }
          : answered(ending.response, asked.url),
      );
    };
    void new MemoryExchange(place, addressed.host, addressed.request, limitMicros, ended);
  };

  const request = (asked: OutboundRequest): Promise<OutboundResult> =>
    new Promise((resolve) => {
      call(asked, (result) => {
        touch();
        resolve(result);
      });
    });

  /** The head is there; the body is when it has trickled in. */
  const bodyInTime = (
    response: WireResponse,
    enter: (task: () => void) => void,
  ): FetchedResponse => {
    const micros = trickleMicros(response);
    if (micros === 0) return memoryResponse(response, touch);
    const whole = new Promise<void>((resolve) => {
      clock.after(micros, () => enter(() => resolve()));
    });
    return memoryResponse(response, touch, whole);
  };

  const enterAtOnce = (task: () => void): void => {
    touch();
    task();
  };

  const fetchAs =
    (enter = enterAtOnce): MemoryFetch =>
    (url, init = {}): Promise<FetchedResponse> =>
      new Promise((resolve, reject) => {
        const method = (init.method ?? 'GET').toUpperCase();
        const { host, request: sent } = wireRequest(url, method, init.headers ?? {}, init.body);
        const told = (ending: Ending): void => {
          enter(() => {
            if (ending.kind === 'answer') resolve(bodyInTime(ending.response, enter));
            else reject(fetchFailure(brokenCall(host, ending.code)));
          });
        };
        void new MemoryExchange(place, host, sent, Infinity, told, 'head');
      });

  return {
    wire: 'memory',
    caPem: undefined,
    registerHost: (host, door) => registerHost(host, door),
    listenHttp: async (name, door) => registerHost(hostName(name), door),
    listenStream,
    request,
    call,
    connect,
    fetchAs,
    close: async () => {
      for (const { open } of httpHosts.values()) breakAll(open);
      for (const host of streamHosts.values()) for (const stream of host.open) stream.destroy();
      httpHosts.clear();
      streamHosts.clear();
    },
  };
}
