/**
 * The RBM door over loopback HTTP, with full state, taps and a history file, against a bare
 * node:http server that does the same JSON. Each server has its own process; rounds are paired and
 * take turns in who goes first. The client is a few raw sockets, one request under way on each.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';
import type { Ready } from './rbm-door-server.ts';

const CONNECTIONS = 16;
const REQUESTS = 12_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;
const TARGET = 0.7;

interface Client {
  /** Requests a second over one round. */
  round(requests: number): Promise<number>;
  close(): void;
}

/** Sends until `left` is used up; answers are counted by their Content-Length. */
function drive(socket: Socket, next: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = '';
    const send = (): void => {
      const request = next();
      if (request === undefined) {
        socket.off('data', onData);
        socket.off('close', onClose);
        resolve();
      } else {
        socket.write(request, 'latin1');
      }
    };
    const onData = (chunk: Buffer): void => {
      rest += chunk.toString('latin1');
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (!rest.startsWith('HTTP/1.1 200')) return reject(new Error(rest.slice(0, 500)));
      const length = Number(/content-length: (\d+)/i.exec(rest)?.[1] ?? 'NaN');
      if (rest.length < head + 4 + length) return;
      rest = rest.slice(head + 4 + length);
      send();
    };
    const onClose = (): void => reject(new Error('the server closed a connection in a round'));
    socket.on('data', onData);
    socket.on('close', onClose);
    if (socket.destroyed) onClose();
    else send();
  });
}

async function client(ready: Ready, people: Ready): Promise<Client> {
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(ready.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) socket.setNoDelay(true);
  let count = 0;
  const request = (): string => {
    count++;
    const at = count % people.numbers.length;
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    const text = `Your card was used at a shop you do not know. Reference ${people.canaries[at]}.`;
    const body = JSON.stringify({ contentMessage: { text }, messageTrafficType: 'TRANSACTION' });
    const query = `messageId=${id}&agentId=bellwether`;
    const path = `/v1/phones/${people.numbers[at]}/agentMessages?${query}`;
    return (
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${ready.token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    );
  };
  return {
    round: async (requests) => {
      let left = requests;
      const begin = performance.now();
      const next = (): string | undefined => (left-- > 0 ? request() : undefined);
      await Promise.all(sockets.map((socket) => drive(socket, next)));
      return requests / ((performance.now() - begin) / 1_000);
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function start(kind: 'door' | 'bare') {
  const file = fileURLToPath(new URL('./rbm-door-server.ts', import.meta.url));
  const child = fork(file, [kind], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [ready] = (await once(child, 'message')) as [Ready];
  return { ready, stop: () => child.disconnect() };
}

export async function run(): Promise<BenchRow[]> {
  const [door, bare] = await Promise.all([start('door'), start('bare')]);
  const ours = await client(door.ready, door.ready);
  const theirs = await client(bare.ready, door.ready);
  const ratios: number[] = [];
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      let mine: number;
      let other: number;
      if (round % 2 === 0) {
        mine = await ours.round(REQUESTS);
        other = await theirs.round(REQUESTS);
      } else {
        other = await theirs.round(REQUESTS);
        mine = await ours.round(REQUESTS);
      }
      if (round >= WARM_UP_ROUNDS) ratios.push(mine / other);
    }
  } finally {
    ours.close();
    theirs.close();
    door.stop();
    bare.stop();
  }
  const unit = '× the requests a second of a bare node:http server doing the same JSON';
  return [
    { name: 'RBM door with full state, taps and history', ...spread(ratios), target: TARGET, unit },
  ];
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
