/**
 * What clients see of a broken connection: over a socket of their own, as `reach: intercept` leads
 * it, and as msw would carry it. docs/decisions/msw.md rests on this table: should msw come to
 * carry connections faithfully, or Bellwether cease to, it fails here.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createSecureServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunCertificates } from '../../simulators/network/run-certificates.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/intercept');
const PRELOAD = join(import.meta.dirname, '../../harness/implementation/intercept-preload.js');
const API = 'api.twilio.com';
const FCM = 'fcm.googleapis.com';
const REFUSED = 'refused.twilio.com';
const TOKENS = ['oauth2.googleapis.com', 'www.googleapis.com'];

type Outcomes = Readonly<Record<string, string>>;
type Way = 'socket' | 'redirect' | 'msw passes on' | 'msw forwards';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that breaks connections by path, and counts. */
async function breakingServer() {
  const names = [API, FCM, REFUSED, ...TOKENS];
  const certificates = await createRunCertificates(Date.now(), names);
  const { certificatePem: cert, privateKeyPem: key } = certificates;
  const connections = new Set<Socket>();
  const asked = new Map<string, number>();
  const used = new Set<unknown>();
  const breakOff = (request: Http2ServerRequest): void => {
    const { remotePort } = request.socket;
    for (const socket of connections) {
      if (socket.remotePort === remotePort) socket.resetAndDestroy();
    }
  };
  const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const sends = request.url.endsWith('/messages:send');
    const path = sends ? 'firebase' : request.url;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (path === '/thrice') used.add(request.socket.remotePort);
    request.resume();
    request.on('end', () => {
      const json = { 'content-type': 'application/json' };
      if (request.url === '/resets' || sends) breakOff(request);
      else if (request.url === '/ends') request.socket.destroy();
      else if (request.url === '/cuts') {
        response.writeHead(200, { 'content-length': 1_000 });
        response.write('part');
        setTimeout(() => breakOff(request), 20);
      } else if (request.url.endsWith('token')) {
        response.writeHead(200, json);
        response.end(JSON.stringify({ access_token: 'a', expires_in: 3_600 }));
      } else response.end('{}');
    });
  };
  const api = createSecureServer({ allowHTTP1: true, cert, key }, (request, response) => {
    if (!request.url.endsWith('/Messages.json')) {
      answer(request, response);
      return;
    }
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      const to = new URLSearchParams(form).get('To') ?? '';
      asked.set(`twilio ${to}`, (asked.get(`twilio ${to}`) ?? 0) + 1);
      if (to === 'resets') breakOff(request);
      else response.writeHead(429).end(JSON.stringify({ code: 20_429, status: 429 }));
    });
  });
  api.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  });
  api.on('sessionError', () => {});
  const port = await listen(api);
  const closed = createServer();
  const refused = await listen(closed);
  closed.close();
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-intercept-'));
  writeFileSync(join(folder, 'ca.pem'), certificates.caPem);
  return {
    port,
    refused,
    ca: join(folder, 'ca.pem'),
    counted: () => {
      const counts: Readonly<Record<string, number>> = {
        ...Object.fromEntries(asked),
        connections: used.size,
      };
      asked.clear();
      used.clear();
      return counts;
    },
    close: () => {
      for (const socket of connections) socket.destroy();
      api.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const PRELOADS: Readonly<Record<Way, string | undefined>> = {
  socket: undefined,
  redirect: PRELOAD,
  'msw passes on': join(FIXTURES, 'msw-passes-on.mjs'),
  'msw forwards': join(FIXTURES, 'msw-forwards.mjs'),
};

async function outcomesOf(way: Way, server: Awaited<ReturnType<typeof breakingServer>>) {
  const { port, refused, ca } = server;
  const preload = PRELOADS[way];
  const hosts = { [API]: `localhost:${port}`, [REFUSED]: `localhost:${refused}`, [FCM]: 'none' };
  const table = [...[API, FCM, ...TOKENS].map((host) => [host, port]), [REFUSED, refused]];
  const program = join(FIXTURES, 'outcomes.mjs');
  const child = spawn(
    process.execPath,
    [...(preload === undefined ? [] : ['--import', preload]), program],
    {
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: ca,
        BELLWETHER_INTERCEPT: JSON.stringify({ proxy: 0, hosts: table }),
        OUTCOMES: JSON.stringify({
          hosts: preload === undefined ? hosts : {},
          serviceAccount: { projectId: 'p', clientEmail: 'a@b.example', privateKey },
        }),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return { found: JSON.parse(said) as Outcomes, counted: server.counted() };
}

const ways = {} as Record<Way, Awaited<ReturnType<typeof outcomesOf>>>;
const servers: Awaited<ReturnType<typeof breakingServer>>[] = [];

beforeAll(async () => {
  const measured = (Object.keys(PRELOADS) as Way[]).map(async (way) => {
    const server = await breakingServer();
    servers.push(server);
    ways[way] = await outcomesOf(way, server);
  });
  await Promise.all(measured);
}, 120_000);
afterAll(() => {
  for (const server of servers) server.close();
});

/** The cells that differ from those of the socket itself. */
function different(way: Way): Outcomes {
  const cells = Object.entries(ways[way].found);
  const { found } = ways.socket;
  return Object.fromEntries(cells.filter(([cell, got]) => (found[cell] ?? got) !== got));
}

describe('what a client sees of its connection', () => {
  it('over a socket of its own is told apart by code', () => {
    expect(ways.socket.found).toMatchObject({
      'fetch /resets': 'ECONNRESET',
      'fetch /ends': 'UND_ERR_SOCKET',
      'https refused': 'ECONNREFUSED',
      'http2 /answers': '200',
      tls: 'authorized: true',
    });
  });

  it('is the same where Bellwether leads it, and every request is made as often', () => {
    expect(different('redirect')).toEqual({});
    const { firebase, '/token': _token, ...counted } = ways.redirect.counted;
    expect(counted).toEqual(ways.socket.counted);
    // Four more tries, as firebase-admin makes them after ECONNRESET and after no other error.
    expect(firebase).toBe(5);
  });

  it('is another where msw stands between and passes on', () => {
    expect(different('msw passes on')).toEqual({
      'http2 /answers': 'nothing',
      tls: 'authorized: false',
    });
  });

  it('has lost its code where msw’s handlers forward, and an SDK does not try again', () => {
    const broken = ['/resets', '/ends', '/cuts'].flatMap((path) => [
      `fetch ${path}`,
      `axios ${path}`,
    ]);
    const lost = [...broken, 'fetch refused', 'http2 /answers', 'tls', 'twilio resets'];
    expect(Object.keys(different('msw forwards'))).toEqual(expect.arrayContaining(lost));
    expect(ways['msw forwards'].counted).toMatchObject({ firebase: 1 });
  });
});
