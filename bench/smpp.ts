/**
 * Submissions against npm smpp's server, which parses and answers: our session doing the same, and
 * the whole SMS centre with state, tap, delivery to the phone and a history file. One bind, a
 * window of 256, PDUs of one length built beforehand. Each server has its own process; rounds are
 * paired and take turns. By time, and of the centre by the CPU time of the servers' processes, too.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';
import type { SmppReady } from './smpp-server.ts';
import { encodePdu, pduOf } from '../simulators/protocol/smpp/codec.ts';
import { messageBody } from '../simulators/protocol/smpp/pdu.ts';
import { createPduReader } from '../simulators/protocol/smpp/reader.ts';
import { startServer } from './server-process.ts';

const SUBMISSIONS = 20_000;
const WINDOW = 256;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 7;
const TARGET = 2;

/** Long enough for what follows the last answers: delivery takes at most 60 ms. */
const SETTLE_MS = 150;

interface Cost {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

interface Sender {
  round(count: number): Promise<Cost>;
  close(): void;
}

async function openSender(kind: 'centre' | 'session' | 'peer'): Promise<Sender> {
  const file = fileURLToPath(new URL('smpp-server.ts', import.meta.url));
  const server = await startServer<SmppReady>(file, [kind]);
  const { ready } = server;
  const socket = connect(ready.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  let answered = (): void => {};
  const reader = createPduReader({
    onFrame: (bytes, start, end) => {
      if (bytes.readUInt32BE(start + 8) !== 0) {
        throw new Error(`refused: ${bytes.toString('hex', start, end)}`);
      }
      answered();
    },
    onBroken: ({ reason }) => {
      throw new Error(reason);
    },
  });
  let topUp = (): void => {};
  socket.on('data', (chunk) => {
    reader.push(chunk);
    // At once, and not in batches: a sender that waits makes the other end's TCP wait for ACKs.
    topUp();
  });

  const bound = new Promise<void>((resolve) => (answered = resolve));
  const { systemId, password } = ready;
  const rest = { systemType: '', interfaceVersion: 0x34, addrTon: 0, addrNpi: 0, addressRange: '' };
  socket.write(encodePdu(pduOf('bind_transmitter', 1, { systemId, password, ...rest })));
  await bound;

  const body = messageBody({
    sourceAddr: '12345',
    destAddrTon: 1,
    destAddrNpi: 1,
    destinationAddr: '999000000001',
    shortMessage: Buffer.from(
      'Your card was used at a shop you do not know. Call us at once, please. Reference',
    ),
  });
  const message = [{ tag: 0x0204, value: Uint8Array.of(0, 1) }];
  const pdu = encodePdu(pduOf('submit_sm', 2, body, message));
  const send = (count: number): Promise<number> =>
    new Promise((resolve) => {
      const begin = performance.now();
      let [sent, got] = [0, 0];
      topUp = () => {
        const batch = Math.min(count - sent, WINDOW - (sent - got));
        sent += batch;
        if (batch > 0) socket.write(Buffer.concat(Array.from({ length: batch }, () => pdu)));
      };
      answered = () => {
        got++;
        if (got === count) resolve(count / ((performance.now() - begin) / 1_000));
      };
      topUp();
    });
  return {
    round: async (count) => {
      const before = await server.cpuMicros();
      const perSecond = await send(count);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      return { perSecond, cpuMicros: ((await server.cpuMicros()) - before) / count };
    },
    close: () => {
      socket.destroy();
      server.stop();
    },
  };
}

export async function run(): Promise<BenchRow[]> {
  const senders = [
    await openSender('session'),
    await openSender('centre'),
    await openSender('peer'),
  ];
  const all: (readonly [session: Cost, centre: Cost, peer: Cost])[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const costs: Cost[] = [];
    const order = round % 2 === 0 ? [0, 2, 1] : [1, 2, 0];
    for (const at of order) costs[at] = await senders[at]!.round(SUBMISSIONS);
    if (round >= WARM_UP_ROUNDS) all.push([costs[0]!, costs[1]!, costs[2]!]);
  }
  for (const sender of senders) sender.close();
  const unit = '× the submissions of npm smpp’s server';
  const session = spread(all.map(([own, , peer]) => own.perSecond / peer.perSecond));
  const centre = spread(all.map(([, own, peer]) => own.perSecond / peer.perSecond));
  const byCpu = spread(all.map(([, own, peer]) => peer.cpuMicros / own.cpuMicros));
  return [
    { name: 'SMPP session, full parsing', ...session, target: TARGET, unit },
    { name: 'SMS centre, all its work', ...centre, target: TARGET, unit },
    {
      name: 'SMS centre, all its work, by CPU time',
      ...byCpu,
      target: undefined,
      unit: '× the submissions a CPU second of npm smpp’s server',
    },
  ];
}

if (import.meta.main) for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
