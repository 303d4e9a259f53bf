/**
 * Submissions a second against npm smpp's server, which parses and answers: our session doing the
 * same, and the whole SMS centre with state, tap, delivery and a history file (for orientation).
 * One bind, a window of 256, PDUs of one length built beforehand. Each server has its own process;
 * rounds are paired and take turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';
import type { SmppReady } from './smpp-server.ts';
import { encodePdu, pduOf } from '../simulators/protocol/smpp/codec.ts';
import { messageBody } from '../simulators/protocol/smpp/pdu.ts';
import { createPduReader } from '../simulators/protocol/smpp/reader.ts';

const SUBMISSIONS = 20_000;
const WINDOW = 256;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 7;
const TARGET = 2;

interface Sender {
  /** Submissions a second over one round. */
  round(count: number): Promise<number>;
  close(): void;
}

async function openSender(kind: 'centre' | 'session' | 'peer'): Promise<Sender> {
  const server = fork(fileURLToPath(new URL('smpp-server.ts', import.meta.url)), [kind]);
  const [ready] = (await once(server, 'message')) as [SmppReady];
  const socket = connect(ready.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  let answered = (): void => {};
  const reader = createPduReader({
    onFrame: (frame) => {
      if (frame.readUInt32BE(8) !== 0) throw new Error(`refused: ${frame.toString('hex')}`);
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
  return {
    round: (count) =>
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
      }),
    close: () => {
      socket.destroy();
      server.disconnect();
    },
  };
}

export async function run(): Promise<BenchRow[]> {
  const senders = [
    await openSender('session'),
    await openSender('centre'),
    await openSender('peer'),
  ];
  const ratios: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const speeds = [0, 0, 0];
    const order = round % 2 === 0 ? [0, 2, 1] : [1, 2, 0];
    for (const at of order) speeds[at] = await senders[at]!.round(SUBMISSIONS);
    if (round < WARM_UP_ROUNDS) continue;
    ratios.forEach((own, at) => own.push(speeds[at]! / speeds[2]!));
  }
  for (const sender of senders) sender.close();
  const unit = '× the submissions of npm smpp’s server';
  return [
    { name: 'SMPP session, full parsing', ...spread(ratios[0]), target: TARGET, unit },
    { name: 'SMS centre, all its work', ...spread(ratios[1]), target: undefined, unit },
  ];
}

if (import.meta.main) for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
