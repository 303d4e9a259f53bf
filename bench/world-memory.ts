/**
 * What a crowd costs: memory of 100,000 phones in one world, and time and memory of one message in
 * a large world against a small one. Messages go the whole way through the RBM door, the carrier's
 * core and the phone, in virtual time. Rounds are paired, both worlds in the same process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createHistory } from '../simulators/kernel/history.ts';
import { createIds } from '../simulators/kernel/ids.ts';
import { createMessageIndex } from '../simulators/kernel/message-index.ts';
import { peopleOf } from '../simulators/kernel/people.ts';
import type { Cell } from '../simulators/kernel/plan.ts';
import { createRandom } from '../simulators/kernel/random.ts';
import { createVirtualClock } from '../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../simulators/network/memory-network.ts';
import { createRs256Signer } from '../simulators/protocol/jwt/sign.ts';
import { createWorld } from '../simulators/world.ts';
import { cellOf, carrier, people } from '../tests/world/stage.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const LARGE = 100_000;
const SMALL = 1_000;
const MESSAGES = 2_000;
const WARM_UP_ROUNDS = 4;
const ROUNDS = 31;
const GIB = 1024 ** 3;
/** Cost of the small world per cost of the large one: at most 1.25 the other way round. */
const FLAT_TARGET = 1 / 1.25;
const SECOND = 1_000_000;

function crowd(size: number): Cell {
  const [ana] = people();
  if (ana === undefined) throw new Error('nobody to copy');
  const { id: _id, name: _name, msisdn: _msisdn, ...person } = ana;
  const devices = person.devices.slice(0, 1);
  const population = { size, mix: [{ share: 1, person: { ...person, devices } }] };
  return cellOf({ carriers: [carrier('northtel')], people: [], population });
}

async function open(size: number) {
  const cell = crowd(size);
  const clock = createVirtualClock();
  const random = createRandom(cell.seed);
  let bytes = 0;
  const history = createHistory(clock, {
    write: (lines) => {
      bytes += lines.length;
    },
    close: () => {},
  });
  const ids = createIds(random.fork('ids'));
  const ambient = { clock, random, history, ids, index: createMessageIndex() };
  const network = createMemoryNetwork({ clock });
  const everybody = peopleOf(cell);
  const world = await createWorld({ cell, people: everybody, ambient, network });
  const fetchIt = network.fetchAs();
  const account = JSON.parse(world.environment['gateway.rbm.serviceAccount'] ?? '');
  const now = Math.floor(clock.epochMillis() / 1000);
  const assertion = createRs256Signer(account.private_key)({
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
    aud: account.token_uri,
    iat: now,
    exp: now + 3600,
  });
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const form = new URLSearchParams({ grant_type, assertion }).toString();
  let authorization = '';
  const asked = fetchIt(account.token_uri, { method: 'POST', body: form })
    .then((answer) => answer.json())
    .then((json) => {
      authorization = `Bearer ${(json as { access_token: string }).access_token}`;
    });
  await clock.run(SECOND);
  await asked;
  const url = world.environment['gateway.rbm.url'] ?? '';
  const whom = random.fork('bench');
  let sent = 0;
  return {
    bytes: () => bytes,
    /**
     * Sends to people drawn at random, or to one after the other, and lets everything come to
     * rest; µs of CPU time a message, which a busy machine disturbs least. Whom it writes to is the
     * sender's to know, and to look that up is not counted.
     */
    round: async (messages: number, inTurn = false): Promise<number> => {
      const requests = Array.from({ length: messages }, () => {
        const last = everybody.length - 1;
        const person = everybody[inTurn ? sent % everybody.length : whom.int(0, last)]!;
        sent++;
        const query = `messageId=m-${sent}&agentId=bellwether`;
        return {
          url: `${url}/v1/phones/${person.msisdn}/agentMessages?${query}`,
          body: JSON.stringify({ contentMessage: { text: `Your parcel ${sent} is here.` } }),
        };
      });
      const begin = process.cpuUsage();
      let answered = 0;
      for (const [at, request] of requests.entries()) {
        clock.after(at * 1_000, () => {
          const { body } = request;
          void fetchIt(request.url, { method: 'POST', headers: { authorization }, body }).then(
            ({ status }) => {
              if (status === 200) answered++;
            },
          );
        });
      }
      // All is displayed and read after that, and nothing is left.
      await clock.run(clock.now() + messages * 1_000 + 30 * SECOND);
      if (answered !== messages) throw new Error(`${answered} of ${messages} were accepted`);
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / messages;
    },
  };
}

/** Flat cost a message: a small and a large world, in turns. */
async function cost(): Promise<BenchRow> {
  const small = await open(SMALL);
  const large = await open(LARGE);
  // A phone comes into being with the first message to it, which is no cost of the second.
  for (const world of [small, large]) {
    for (let sent = 0; sent < LARGE; sent += 20_000) await world.round(20_000, true);
  }
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const order = round % 2 === 0 ? [small, large] : [large, small];
    const times = new Map<typeof small, number>();
    for (const world of order) times.set(world, await world.round(MESSAGES));
    if (round < WARM_UP_ROUNDS) continue;
    ratios.push((times.get(small) ?? 0) / (times.get(large) ?? 1));
  }
  const name = `a message among ${LARGE} phones`;
  const unit = `of the cost among ${SMALL} (1 = the same)`;
  return { name, ...spread(ratios), target: FLAT_TARGET, unit };
}

interface Footprint {
  readonly restBytes: number;
  readonly usedBytes: number;
  readonly perMessageBytes: number;
}

/** In a process of its own: resident memory at rest, and heap after many messages. */
async function footprint(): Promise<Footprint> {
  const world = await open(LARGE);
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const restBytes = process.memoryUsage.rss();
  // Each phone that was ever written to keeps a few fields: write to all of them first.
  for (let round = 0; round < 10; round++) await world.round(30_000, true);
  const before = heap();
  for (let round = 0; round < 5; round++) await world.round(20_000);
  const perMessageBytes = (heap() - before) / 100_000;
  return { restBytes, usedBytes: process.memoryUsage.rss(), perMessageBytes };
}

async function memory(): Promise<BenchRow[]> {
  const child = fork(fileURLToPath(import.meta.url), ['--footprint'], {
    execArgv: ['--expose-gc'],
  });
  const [seen] = (await once(child, 'message')) as [Footprint];
  const one = (value: number) => ({ ratio: value, min: value, max: value });
  const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return [
    {
      name: `resident memory of ${LARGE} phones at rest (${mib(seen.restBytes)})`,
      ...one(GIB / seen.restBytes),
      target: 1,
      unit: 'times into 1 GiB',
    },
    {
      name: `resident memory after 400,000 messages (${mib(seen.usedBytes)})`,
      ...one(GIB / seen.usedBytes),
      target: 1,
      unit: 'times into 1 GiB',
    },
    {
      name: 'heap growth a message, once every phone was used',
      ...one(seen.perMessageBytes),
      target: undefined,
      unit: 'bytes',
    },
  ];
}

export async function run(): Promise<BenchRow[]> {
  return [...(await memory()), await cost()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--footprint')) {
    process.send?.(await footprint());
    process.disconnect();
  } else {
    for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
  }
}
