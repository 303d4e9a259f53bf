/**
 * Submissions a second at the SMS centre, with full parsing, state, tap, delivery and a history
 * file, against npm smpp's server, which only answers. One bind, a window of 256, PDUs of one length
 * built beforehand. Each server has its own process; rounds are paired and take turns.
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

async function openSender(kind: 'centre' | 'peer'): Promise<Sender> {
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
  const centre = await openSender('centre');
  const peer = await openSender('peer');
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const order = round % 2 === 0 ? [centre, peer] : [peer, centre];
    const speeds = new Map<Sender, number>();
    for (const sender of order) speeds.set(sender, await sender.round(SUBMISSIONS));
    const [ours, theirs] = [speeds.get(centre) ?? 0, speeds.get(peer) ?? 0];
    if (process.argv.includes('--rounds')) console.log(ours.toFixed(0), theirs.toFixed(0));
    if (round >= WARM_UP_ROUNDS) ratios.push(ours / theirs);
  }
  centre.close();
  peer.close();
  const unit = '× the submissions of npm smpp’s server';
  return [{ name: 'SMS centre, window 256', ...spread(ratios), target: TARGET, unit }];
}

if (import.meta.main) for (const row of await run()) console.log(formatRow(row));
