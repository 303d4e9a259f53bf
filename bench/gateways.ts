/**
 * Every gateway of the registry over loopback HTTP with full state, taps and history: its main
 * send, with its own bodies, against a bare node:http server that reads the same bodies, keeps an
 * id and answers alike, and against mountebank and Prism, which answer the same without reading
 * anything. All in one run; each server in a process of its own; rounds take turns.
 */
import { fileURLToPath } from 'node:url';
import type { GatewayReady, Sample } from './gateway-server.ts';
import type { GatewayName } from './gateway-sends.ts';
import { SENDS } from './gateway-sends.ts';
import type { RawClient } from './raw-http.ts';
import { openRawClient, rawPost } from './raw-http.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';
import type { ServerProcess } from './server-process.ts';
import { startServer } from './server-process.ts';
import type { StaticAnswer, StaticServer } from './static-servers.ts';
import { installStaticServers, startMountebank, startPrism } from './static-servers.ts';

const REQUESTS = 8_000;
/** Of those that are several times slower. */
const STATIC_REQUESTS = 1_000;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;
const BARE_TARGET = 0.7;
const STATIC_TARGET = 2.5;
/** Long enough for what follows the last answers. */
const SETTLE_MS = 150;

const SERVER = fileURLToPath(new URL('gateway-server.ts', import.meta.url));
/** The text of the next request to a gateway. */
function requestsOf(name: GatewayName, ready: GatewayReady): () => string {
  const { headers, environment, numbers, canaries } = ready;
  const send = SENDS[name];
  let count = 0;
  return () => {
    count++;
    const at = count % numbers.length;
    const number = numbers[at] ?? '';
    const text = `Your card was used at a shop you do not know. Reference ${canaries[at]}.`;
    const body = send.body(environment, number, text);
    return rawPost(send.path(environment, number, count), headers, body);
  };
}

/** One answer of the gateway, for those that only repeat it. */
async function sampleOf(name: GatewayName, ready: GatewayReady): Promise<Sample> {
  const { headers, environment, numbers } = ready;
  const send = SENDS[name];
  const number = numbers[0] ?? '';
  const answer = await fetch(`http://127.0.0.1:${ready.port}${send.path(environment, number, 0)}`, {
    method: 'POST',
    headers,
    body: send.body(environment, number, 'The first message.'),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${text}`);
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    body: JSON.parse(text) as Record<string, unknown>,
    fresh: send.fresh,
  };
}

interface Side {
  readonly client: RawClient;
  readonly requests: number;
  readonly server?: ServerProcess<GatewayReady>;
}

interface Cost {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function costOf({ client, requests, server }: Side, make: () => string): Promise<Cost> {
  const before = (await server?.cpuMicros()) ?? 0;
  const seconds = await client.round(requests, make);
  if (server !== undefined) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const spent = ((await server?.cpuMicros()) ?? 0) - before;
  return { perSecond: requests / seconds, cpuMicros: spent / requests };
}

/** mountebank is the same program twice: as it comes, and told to keep connections. */
const TOOLS = {
  mountebank: { start: (answer) => startMountebank(answer, false), target: STATIC_TARGET },
  'mountebank with kept connections': {
    start: (answer) => startMountebank(answer, true),
    target: undefined,
  },
  Prism: { start: startPrism, target: STATIC_TARGET },
} as const satisfies Record<
  string,
  {
    readonly start: (answer: StaticAnswer) => Promise<StaticServer>;
    readonly target: number | undefined;
  }
>;
type Tool = keyof typeof TOOLS;
const TOOL_NAMES = Object.keys(TOOLS) as Tool[];

/** Rounds of all sides in turn; the gateway and the bare server change places in each. */
async function rounds(
  sides: Readonly<Record<string, Side>>,
  make: () => string,
): Promise<Readonly<Record<string, Cost>>[]> {
  const all: Record<string, Cost>[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const names = Object.keys(sides);
    const costs: Record<string, Cost> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      costs[name] = await costOf(sides[name]!, make);
    }
    if (round >= WARM_UP_ROUNDS) all.push(costs);
  }
  return all;
}

async function measure(name: GatewayName, hasStatics: boolean): Promise<BenchRow[]> {
  const door = await startServer<GatewayReady>(SERVER, ['door', name]);
  const sample = await sampleOf(name, door.ready);
  const bare = await startServer<GatewayReady>(SERVER, ['bare', JSON.stringify(sample)]);
  const { status, contentType, body } = sample;
  const requestType = door.ready.headers['Content-Type'] ?? '';
  const answer = { path: SENDS[name].operation, requestType, status, contentType, body };
  const sides: Record<string, Side> = {
    door: { client: openRawClient(door.ready.port), requests: REQUESTS, server: door },
    bare: { client: openRawClient(bare.ready.port), requests: REQUESTS, server: bare },
  };
  const stops = [door.stop, bare.stop];
  const tools = hasStatics ? TOOL_NAMES : [];
  for (const tool of tools) {
    const { port, stop } = await TOOLS[tool].start(answer);
    sides[tool] = { client: openRawClient(port), requests: STATIC_REQUESTS };
    stops.push(stop);
  }
  const costs = await rounds(sides, requestsOf(name, door.ready));
  for (const { client } of Object.values(sides)) client.close();
  for (const stop of stops) stop();

  const speeds = (tool: string) =>
    costs.map((cost) => cost['door']!.perSecond / cost[tool]!.perSecond);
  const byTime = { ...spread(speeds('bare')), target: BARE_TARGET };
  const byCpu = {
    ...spread(costs.map((cost) => cost['bare']!.cpuMicros / cost['door']!.cpuMicros)),
    target: BARE_TARGET,
  };
  const rows: BenchRow[] = [
    { name, ...byTime, unit: '× the requests a second of bare node:http' },
    {
      name: `${name}, by CPU time`,
      ...byCpu,
      unit: '× the requests a CPU second of bare node:http',
    },
  ];
  for (const tool of tools) {
    const ratios = { ...spread(speeds(tool)), target: TOOLS[tool].target };
    rows.push({ name, ...ratios, unit: `× the requests a second of ${tool}, a static answer` });
  }
  return rows;
}

const ALL = Object.keys(SENDS) as GatewayName[];

export async function run(): Promise<BenchRow[]> {
  const why = await installStaticServers();
  if (why !== undefined) process.stderr.write(`Without mountebank and Prism: ${why}\n`);
  const rows: BenchRow[] = [];
  for (const name of ALL) rows.push(...(await measure(name, why === undefined)));
  return rows;
}

/** `node bench/gateways.ts NAME …`: these alone, beside the bare server and no other. */
async function runNamed(names: readonly string[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of ALL) if (names.includes(name)) rows.push(...(await measure(name, false)));
  return rows;
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const rows = names.length === 0 ? await run() : await runNamed(names);
  for (const row of rows) process.stdout.write(`${formatRow(row)}\n`);
}
