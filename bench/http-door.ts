/**
 * What our network and a whole APNs door cost over bare Node: the same requests to both, each
 * server in a process of its own, rounds paired and taking turns in who goes first. Compared is the
 * CPU time that the *server* spends on a request, since the client would otherwise be the limit.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { fileURLToPath } from 'node:url';
import type { ServerKind, ServerReady } from './http-door-server.ts';
import type { BenchRow } from './row.ts';
import { DEVICE_TOKEN } from './http-door-server.ts';
import { formatRow, spread } from './row.ts';

const IN_FLIGHT = 32;
const REQUESTS = 6_000;
const WARM_UP_ROUNDS = 4;
const ROUNDS = 9;
const APNS_TARGET = 0.7;
const HTTP1_TARGET = 0.75;

interface Load {
  send(number: number): Promise<void>;
  close(): void;
}

function http1Load({ port }: ServerReady): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const body = JSON.stringify({ text: 'Your card was used at a shop you do not know. '.repeat(4) });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const options = { port, agent, method: 'POST', path: '/v1/messages', headers };
  return {
    send: () =>
      new Promise((resolve, reject) => {
        const call = httpRequest({ host: '127.0.0.1', ...options }, (answer) => {
          answer.resume();
          answer.on('end', () => {
            if (answer.statusCode === 200) resolve();
            else reject(new Error(`answered ${answer.statusCode}`));
          });
        });
        call.on('error', reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function apnsLoad({ port, caPem, bearer, topic }: ServerReady): Load {
  const session = connect(`https://127.0.0.1:${port}`, { ca: caPem ?? '' });
  const aps = { alert: { title: 'New message', body: 'Open the app' }, 'mutable-content': 1 };
  const body = JSON.stringify({ aps, messageId: '0'.repeat(36), padding: 'x'.repeat(150) });
  return {
    send: (number) =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': `/3/device/${DEVICE_TOKEN}`,
          authorization: bearer,
          'apns-topic': topic,
          'apns-push-type': 'alert',
          'apns-id': `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
        });
        stream.on('response', (headers) => {
          if (headers[':status'] === 200) resolve();
          else reject(new Error(`answered ${headers[':status']}`));
        });
        stream.on('error', reject);
        stream.resume();
        stream.end(body);
      }),
    close: () => session.destroy(),
  };
}

interface Server {
  readonly load: Load;
  /** CPU µs that the server has spent so far. */
  cpuMicros(): Promise<number>;
  stop(): void;
}

async function start(kind: ServerKind, load: (ready: ServerReady) => Load): Promise<Server> {
  const file = fileURLToPath(new URL('./http-door-server.ts', import.meta.url));
  const child: ChildProcess = fork(file, [kind]);
  const [ready] = (await once(child, 'message')) as [ServerReady];
  return {
    load: load(ready),
    cpuMicros: async () => {
      child.send('cpu');
      const [micros] = (await once(child, 'message')) as [number];
      return micros;
    },
    stop: () => child.disconnect(),
  };
}

/** CPU µs of the server for each request of one round. */
async function round(server: Server, first: number): Promise<number> {
  const begin = await server.cpuMicros();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < REQUESTS) await server.load.send(first + next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return ((await server.cpuMicros()) - begin) / REQUESTS;
}

async function compare(
  ours: ServerKind,
  bare: ServerKind,
  load: (ready: ServerReady) => Load,
): Promise<readonly number[]> {
  const [door, raw] = await Promise.all([start(ours, load), start(bare, load)]);
  const ratios: number[] = [];
  for (let count = 0; count < WARM_UP_ROUNDS + ROUNDS; count++) {
    const first = count * REQUESTS;
    const spent = new Map<Server, number>();
    for (const server of count % 2 === 0 ? [door, raw] : [raw, door]) {
      spent.set(server, await round(server, first));
    }
    if (count >= WARM_UP_ROUNDS) ratios.push((spent.get(raw) ?? 0) / (spent.get(door) ?? 0));
  }
  for (const server of [door, raw]) {
    server.load.close();
    server.stop();
  }
  return ratios;
}

export async function run(): Promise<BenchRow[]> {
  const http1 = await compare('http1-door', 'http1-bare', http1Load);
  const apns = await compare('apns-door', 'apns-bare', apnsLoad);
  const unit = '× the requests a CPU second of a bare';
  return [
    {
      name: 'HTTP/1.1 network with a trivial JSON door',
      ...spread(http1),
      target: HTTP1_TARGET,
      unit: `${unit} node:http server`,
    },
    {
      name: 'APNs door with state, tap and history',
      ...spread(apns),
      // About a third of the door's own work is reading the payload for canaries.
      target: APNS_TARGET,
      unit: `${unit} node:http2 server`,
    },
  ];
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
