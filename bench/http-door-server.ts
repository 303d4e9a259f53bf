/**
 * One of the servers of bench/http-door.ts, in a process of its own: a door on our network or the
 * same on bare Node. Each message from the parent is answered by the CPU time spent so far (µs).
 */
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PushHandset } from '../simulators/network/bearer.ts';
import { createHistory, fileSink } from '../simulators/kernel/history.ts';
import { createIds } from '../simulators/kernel/ids.ts';
import { createMessageIndex } from '../simulators/kernel/message-index.ts';
import { createRandom } from '../simulators/kernel/random.ts';
import { createWallClock } from '../simulators/kernel/wall-clock.ts';
import { createConditions } from '../simulators/network/door-conditions.ts';
import { createRunCertificates } from '../simulators/network/run-certificates.ts';
import { createSocketNetwork } from '../simulators/network/socket-network.ts';
import { createTap } from '../simulators/network/tap.ts';
import { createScanner } from '../simulators/protocol/canary/scanner.ts';
import { createEs256Signer } from '../simulators/protocol/jwt/sign.ts';
import { createApns } from '../simulators/push/apns.ts';

export type ServerKind = 'http1-door' | 'http1-bare' | 'apns-door' | 'apns-bare';

export interface ServerReady {
  readonly port: number;
  readonly caPem: string | undefined;
  readonly bearer: string;
  readonly topic: string;
}

export const DEVICE_TOKEN = 'ab'.repeat(32);
const PLAIN = { caPem: undefined, bearer: '', topic: '' };
const clock = createWallClock();

function answerTo(body: string): string {
  const { text } = JSON.parse(body) as { text: string };
  return JSON.stringify({ name: 'messages/1', length: text.length });
}

async function http1Door(): Promise<ServerReady> {
  const headers = { 'content-type': 'application/json' };
  const listener = await createSocketNetwork({ clock }).listenHttp('bench', {
    accepts: () => true,
    handle: ({ body }) => ({
      kind: 'answer',
      response: { status: 200, headers, body: answerTo(Buffer.from(body).toString()) },
    }),
  });
  return { ...PLAIN, port: listener.port };
}

async function http1Bare(): Promise<ServerReady> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = answerTo(Buffer.concat(chunks).toString());
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { ...PLAIN, port: (server.address() as AddressInfo).port };
}

async function apnsDoor(): Promise<ServerReady> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const history = createHistory(clock, fileSink(join(folder, 'history.ndjson')));
  const [random, index] = [createRandom(1), createMessageIndex()];
  const handset: PushHandset = {
    path: 'person/ana/device/1',
    person: 'ana',
    token: DEVICE_TOKEN,
    delayMicros: [50_000, 150_000],
    state: () => 'online',
    receive: () => {},
    onChange: () => {},
  };
  const network = createSocketNetwork({ clock });
  const apns = createApns({
    ambient: { clock, history, random, index, ids: createIds(random.fork('ids')) },
    conditions: createConditions({ component: 'push/apns', clock, history, random }),
    tap: createTap({ history, scanner: createScanner(), index }, 'push', 'push/apns'),
    handsets: new Map([[DEVICE_TOKEN, handset]]),
  });
  const { port } = await network.listenHttp('apns', apns.door, { http2: true });
  const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
  const iat = Math.floor(Date.now() / 1000);
  const token = createEs256Signer(privateKeyPem)({ iss: teamId, iat }, { kid: keyId });
  return { port, caPem: network.caPem, bearer: `bearer ${token}`, topic };
}

async function apnsBare(): Promise<ServerReady> {
  const { caPem, certificatePem, privateKeyPem } = await createRunCertificates(Date.now());
  const server = createSecureServer({ key: privateKeyPem, cert: certificatePem });
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      stream.respond({ ':status': 200, 'apns-id': headers['apns-id'] }, { endStream: true });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { ...PLAIN, port: (server.address() as AddressInfo).port, caPem };
}

const SERVERS = {
  'http1-door': http1Door,
  'http1-bare': http1Bare,
  'apns-door': apnsDoor,
  'apns-bare': apnsBare,
} as const satisfies Record<ServerKind, () => Promise<ServerReady>>;

if (import.meta.main) {
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(await SERVERS[process.argv[2] as ServerKind]());
}
