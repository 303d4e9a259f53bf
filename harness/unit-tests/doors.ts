/**
 * A network whose doors can also be asked directly, by the names under which clients know them, and
 * whose calls to the code under test go to a function.
 */
import type { VendorHosts } from '../../simulators/network/vendor-hosts.ts';
import { createVendorHosts, hostOf } from '../../simulators/network/vendor-hosts.ts';
import type {
  Exchange,
  Network,
  OutboundRequest,
  OutboundResult,
} from '../../simulators/network/wire.ts';
import type { PassingTime } from './passing-time.ts';
import { requestOf, responseOf, resultOf, wireOf } from './wire.ts';

/** The code under test, as the world calls it. */
export type App = (request: Request) => Response | Promise<Response>;

export interface Doors {
  readonly network: Network;
  /** Hosts that lead to a simulator, `*` standing for any part of a first label. */
  readonly hosts: readonly string[];
  /** Whether a simulator answers for this URL's host. */
  leads(url: string): boolean;
  answer(request: Request): Promise<Response>;
  /** From now on what the world calls beneath `reached` is the app's, which sees `told`. */
  connect(app: App, reached: string, told: string): void;
}

interface Connected {
  readonly app: App;
  readonly reached: string;
  readonly told: string;
}

export interface DoorsOptions {
  readonly inner: Network;
  readonly time: () => PassingTime;
  /** `POST https://tracker.example/v1` */
  readonly refused: (what: string) => void;
}

export function createDoors({ inner, time, refused }: DoorsOptions): Doors {
  const hosts: VendorHosts = createVendorHosts();
  let connected: Connected | undefined;

  const outbound = async (to: Connected, asked: OutboundRequest): Promise<OutboundResult> => {
    try {
      const response = await to.app(requestOf(asked, to.reached, to.told));
      return await resultOf(response, asked.url);
    } catch (error) {
      return { kind: 'failure', reason: String(error), handed: true };
    }
  };

  const call: Network['call'] = (asked, told) => {
    const to = connected;
    if (to === undefined || !asked.url.startsWith(to.reached)) {
      inner.call(asked, told);
      return;
    }
    void time()
      .outside(() => outbound(to, asked))
      .then(told);
  };

  const leads = (url: string): boolean => {
    const parsed = URL.parse(url);
    return parsed !== null && hosts.doorsOf(hostOf(parsed.host)).length > 0;
  };

  return {
    network: {
      wire: inner.wire,
      get caPem() {
        return inner.caPem;
      },
      listenHttp: async (name, door, options) => {
        const listener = await inner.listenHttp(name, door, options);
        const own = { host: hostOf(new URL(listener.url).host) };
        // On sockets all have one name, and are told apart by their ports alone.
        const ownNames = inner.wire === 'memory' ? [own] : [];
        const remove = hosts.add(door, [...ownNames, ...(options?.hosts ?? [])]);
        return {
          ...listener,
          close: () => {
            remove();
            return listener.close();
          },
        };
      },
      listenStream: (name, door, options) => inner.listenStream(name, door, options),
      call,
      request: (asked) => new Promise((resolve) => call(asked, resolve)),
      connect: (host, port) => inner.connect(host, port),
      close: () => inner.close(),
    },
    get hosts() {
      return hosts.names;
    },
    leads,
    answer: async (request) => {
      const { protocol } = new URL(request.url);
      const scheme = protocol === 'http:' ? 'http' : 'https';
      const wire = await wireOf(request);
      const [door] = hosts.doorsOf(hostOf(wire.headers['host'] ?? ''));
      if (door?.accepts() === false) return Response.error();
      const answered = hosts.handle(wire, scheme, refused);
      const exchange: Exchange =
        answered instanceof Promise ? await time().answer(answered) : answered;
      return responseOf(exchange, request.signal);
    },
    connect: (app, reached, told) => {
      connected = { app, reached, told };
    },
  };
}
