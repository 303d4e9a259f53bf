/**
 * The RBM door over loopback HTTP, with full state, taps and a history file, against a bare
 * node:http server that does the same JSON. Each server has its own process; rounds are paired and
 * take turns in who goes first. Two ratios: requests a second under a client that never lets the
 * server rest (all that the door does after its answer is in it, for it takes the next request's
 * time), and CPU time of the server's process for a request, by which the client cannot be the
 * limit.
 */
import { fileURLToPath } from 'node:url';
import type { Ready } from './rbm-door-server.ts';
import { openRawClient, rawPost } from './raw-http.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';
import { startServer } from './server-process.ts';

const REQUESTS = 12_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 15;
const TARGET = 0.7;
/** Long enough for the timers of the last requests (the core's hop, at most 60 ms). */
const SETTLE_MS = 150;

interface Cost {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

interface Side {
  round(): Promise<Cost>;
  close(): void;
}

function requests(bearer: string, people: Ready): () => string {
  let count = 0;
  return () => {
    count++;
    const at = count % people.numbers.length;
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    const text = `Your card was used at a shop you do not know. Reference ${people.canaries[at]}.`;
    const path = `/v1/phones/${people.numbers[at]}/agentMessages`;
    return rawPost(
      `${path}?messageId=${id}&agentId=bellwether`,
      { Authorization: bearer, 'Content-Type': 'application/json' },
      JSON.stringify({ contentMessage: { text }, messageTrafficType: 'TRANSACTION' }),
    );
  };
}

async function start(kind: 'door' | 'bare', people?: Ready): Promise<Side & { ready: Ready }> {
  const file = fileURLToPath(new URL('rbm-door-server.ts', import.meta.url));
  const server = await startServer<Ready>(file, [kind]);
  const client = openRawClient(server.ready.port);
  const make = requests(server.ready.bearer, people ?? server.ready);
  return {
    ready: server.ready,
    round: async () => {
      const before = await server.cpuMicros();
      const seconds = await client.round(REQUESTS, make);
      // What follows the last answers is the door's work, too.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const spent = (await server.cpuMicros()) - before;
      return { perSecond: REQUESTS / seconds, cpuMicros: spent / REQUESTS };
    },
    close: () => {
      client.close();
      server.stop();
    },
  };
}

export async function run(): Promise<BenchRow[]> {
  const door = await start('door');
  const bare = await start('bare', door.ready);
  const speeds: number[] = [];
  const costs: number[] = [];
  const doorMicros: number[] = [];
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const paired = new Map<Side, Cost>();
      for (const side of round % 2 === 0 ? [door, bare] : [bare, door]) {
        paired.set(side, await side.round());
      }
      const [mine, other] = [paired.get(door)!, paired.get(bare)!];
      if (round < WARM_UP_ROUNDS) continue;
      speeds.push(mine.perSecond / other.perSecond);
      costs.push(other.cpuMicros / mine.cpuMicros);
      doorMicros.push(mine.cpuMicros);
    }
  } finally {
    door.close();
    bare.close();
  }
  const bareOne = 'of a bare node:http server doing the same JSON';
  const name = 'RBM door with full state, taps and history';
  return [
    { name, ...spread(speeds), target: TARGET, unit: `× the requests a second ${bareOne}` },
    {
      name: `${name}, by CPU time`,
      ...spread(costs),
      target: TARGET,
      unit: `× the requests a CPU second ${bareOne}`,
    },
    { name: 'RBM door, a request', ...spread(doorMicros), target: undefined, unit: 'CPU µs' },
  ];
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
