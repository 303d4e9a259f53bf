import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import type { HttpDoor, Network, WireRequest } from '../../simulators/network/wire.ts';

const API = 'api.vendor.example';

interface Echo extends HttpDoor {
  readonly seen: WireRequest[];
  refusing: boolean;
}

/** Answers with its name and what it was asked. */
function echo(name: string): Echo {
  const seen: WireRequest[] = [];
  return {
    seen,
    refusing: false,
    accepts() {
      return !this.refusing;
    },
    handle: (call) => {
      seen.push(call);
      const { method, path, query, headers } = call;
      const body = JSON.stringify({
        name,
        method,
        path,
        query,
        host: headers['host'],
        body: Buffer.from(call.body).toString('utf8'),
      });
      return { kind: 'answer', response: { status: 200, headers: {}, body } };
    },
  };
}

async function stage() {
  const clock = createWallClock();
  const names = [API, 'push.vendor.example', '*.regional.example'];
  const network: Network = createSocketNetwork({ clock, certificateNames: names });
  onTestFinished(async () => {
    await network.close();
    clock.stop();
  });
  const api = echo('api');
  const push = echo('push');
  const listener = await network.listenHttp('api', api, {
    hosts: [{ host: API }, { host: '*.regional.example' }],
  });
  await network.listenHttp('push', push, {
    http2: true,
    hosts: [{ host: 'push.vendor.example' }],
  });
  const refused: string[] = [];
  const proxy = await network.reach!.listenProxy({ refused: (what) => refused.push(what) });
  return { network, api, push, listener, refused, proxy };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** CONNECT; resolves with the socket, or rejects with what the proxy said instead. */
function tunnel({ proxy }: Stage, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port: proxy.port,
      host: proxy.host,
      method: 'CONNECT',
      path: authority,
    });
    asked.on('connect', (answer, socket: Socket, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      // What becomes of it is seen by its end.
      socket.on('error', () => {});
      if (answer.statusCode === 200) {
        onTestFinished(() => void socket.destroy());
        resolve(socket);
        return;
      }
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      socket.on('end', () => reject(new Error(`${answer.statusCode} ${said}`)));
      socket.resume();
    });
    asked.on('error', reject);
    asked.end();
  });
}

function secured(stage: Stage, socket: Socket, servername: string, ALPNProtocols: string[]) {
  return connectTls({ socket, servername, ca: stage.network.caPem, ALPNProtocols });
}

function answerOf(asked: ReturnType<typeof request>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    asked.on('response', (message) => {
      let body = '';
      message.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      message.on('end', () => resolve({ status: message.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function overHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': path });
    let body = '';
    stream.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    stream.on('end', () => resolve(body));
    stream.on('error', reject);
    stream.end('hello');
  });
}

describe('the proxy', () => {
  it('ends TLS for a vendor’s host and lets its simulator answer, over HTTP/1.1', async () => {
    const at = await stage();
    const socket = await tunnel(at, `${API}:443`);
    const secure = secured(at, socket, API, ['http/1.1']);
    const answer = await answerOf(
      requestTls({
        createConnection: () => secure,
        path: '/v1/x?y=1',
        method: 'POST',
        headers: { host: API },
      }),
    );
    expect(JSON.parse(answer.body)).toMatchObject({
      name: 'api',
      method: 'POST',
      path: '/v1/x',
      query: 'y=1',
      host: API,
    });
    expect(secure.getPeerCertificate().issuer.CN).toBe('Bellwether run CA');
    expect(at.refused).toEqual([]);
  });

  it('speaks HTTP/2 behind CONNECT, on a vendor’s other port too', async () => {
    const at = await stage();
    const socket = await tunnel(at, 'push.vendor.example:2197');
    const session = connectHttp2('https://push.vendor.example:2197', {
      createConnection: () => secured(at, socket, 'push.vendor.example', ['h2']),
    });
    onTestFinished(() => session.destroy());
    expect(JSON.parse(await overHttp2(session, '/3/device/1'))).toMatchObject({
      name: 'push',
      path: '/3/device/1',
      host: 'push.vendor.example:2197',
      body: 'hello',
    });
  });

  it('takes plain HTTP in absolute-form, and behind CONNECT', async () => {
    const at = await stage();
    const path = `http://eu.regional.example/a%2Fb/../c?d=e`;
    const direct = await answerOf(request({ port: at.proxy.port, path, headers: { host: 'x' } }));
    expect(JSON.parse(direct.body)).toMatchObject({
      name: 'api',
      path: '/a%2Fb/../c',
      query: 'd=e',
      host: 'eu.regional.example',
    });
    const socket = await tunnel(at, `${API}:80`);
    const answer = await answerOf(request({ createConnection: () => socket, path: '/plain' }));
    expect(answer.status).toBe(421);
    const again = await tunnel(at, `${API}:80`);
    const headers = { host: API };
    const named = request({ createConnection: () => again, path: '/plain', headers });
    expect(JSON.parse((await answerOf(named)).body)).toMatchObject({ path: '/plain' });
    expect(at.refused).toEqual(['GET http://localhost/plain']);
  });

  it('refuses every other destination and names it', async () => {
    const at = await stage();
    await expect(tunnel(at, 'tracker.example:443')).rejects.toThrow(/403 .*tracker\.example/s);
    await expect(tunnel(at, '192.0.2.7:5223')).rejects.toThrow('403');
    const path = 'http://tracker.example/pixel';
    const plain = await answerOf(request({ port: at.proxy.port, path }));
    expect(plain).toMatchObject({ status: 403 });
    const socket = await tunnel(at, `${API}:443`);
    const secure = secured(at, socket, API, ['http/1.1']);
    const headers = { host: 'other.example' };
    const inside = requestTls({ createConnection: () => secure, path: '/', headers });
    expect(await answerOf(inside)).toMatchObject({ status: 421 });
    expect(at.refused).toEqual([
      'CONNECT tracker.example:443',
      'CONNECT 192.0.2.7:5223',
      'GET http://tracker.example/pixel',
      'GET https://other.example/',
    ]);
    expect([...at.api.seen, ...at.push.seen]).toEqual([]);
  });

  it('passes on what is meant for this machine', async () => {
    const at = await stage();
    const direct = await answerOf(
      request({ port: at.proxy.port, path: `${at.listener.url}/direct?z=1` }),
    );
    expect(JSON.parse(direct.body)).toMatchObject({ path: '/direct', query: 'z=1' });
    const greeter = createServer((socket) => socket.end('hello from a port'));
    await new Promise<void>((done) => greeter.listen(0, '127.0.0.1', done));
    onTestFinished(() => void greeter.close());
    const { port } = greeter.address() as { port: number };
    const socket = await tunnel(at, `127.0.0.1:${port}`);
    const said: Buffer[] = [];
    for await (const chunk of socket) said.push(chunk as Buffer);
    expect(Buffer.concat(said).toString('utf8')).toBe('hello from a port');
    greeter.close();
    await expect(tunnel(at, `127.0.0.1:${port}`)).rejects.toThrow('502');
    expect(at.refused).toEqual([]);
  });

  it('breaks what comes to a simulator that refuses connections, open ones too', async () => {
    const at = await stage();
    const open = await tunnel(at, `${API}:443`);
    const broken = new Promise((done) => open.once('close', done));
    at.api.refusing = true;
    at.listener.dropConnections();
    await broken;
    await expect(tunnel(at, `${API}:443`)).rejects.toThrow(/ECONNRESET|socket hang up/);
    const other = await tunnel(at, 'push.vendor.example:443');
    expect(other.destroyed).toBe(false);
    at.api.refusing = false;
    await tunnel(at, `${API}:443`);
  });

  it('forgets the names of a door that is closed', async () => {
    const at = await stage();
    await at.listener.close();
    await expect(tunnel(at, `${API}:443`)).rejects.toThrow('403');
  });
});

describe('another address of this machine', () => {
  it('has the doors under their own ports, and a proxy', async () => {
    const at = await stage();
    const { port } = at.listener;
    const refused = (): void => {};
    const there = await at.network.reach!.listenAt('127.0.0.2', {
      refused,
      ports: [port],
      knownAs: ['near.example'],
    });
    const relayed = await fetch(`http://127.0.0.2:${port}/relayed`);
    expect(await relayed.json()).toMatchObject({ name: 'api', path: '/relayed' });
    const { hostname, port: proxyPort } = new URL(there.proxyUrl);
    expect(hostname).toBe('127.0.0.2');
    const path = `http://${API}/proxied`;
    const answer = await answerOf(request({ host: hostname, port: proxyPort, path }));
    expect(JSON.parse(answer.body)).toMatchObject({ path: '/proxied', host: API });
    const proxy = { ...at, proxy: { ...at.proxy, host: hostname, port: Number(proxyPort) } };
    await tunnel(proxy, `near.example:${port}`);
    // Other doors of this machine are no business of a container's.
    const secret = createServer((socket) => socket.end('secret'));
    await new Promise<void>((done) => secret.listen(0, '127.0.0.1', done));
    onTestFinished(() => void secret.close());
    const { port: other } = secret.address() as { port: number };
    for (const host of ['127.0.0.1', 'localhost', 'near.example', '127.0.0.2']) {
      await expect(tunnel(proxy, `${host}:${other}`)).rejects.toThrow('403');
    }
    await there.close();
    await expect(fetch(`http://127.0.0.2:${port}/relayed`)).rejects.toThrow('fetch failed');
  });
});
