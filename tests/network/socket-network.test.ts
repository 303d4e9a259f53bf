import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange, HttpDoor, WireRequest } from '../../simulators/network/wire.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function world() {
  const clock = createWallClock();
  const errors: string[] = [];
  const network = createSocketNetwork({
    clock,
    onHarnessError: (error) => errors.push(`${error.code} ${error.blame}`),
  });
  closing.push(async () => {
    await network.close();
    clock.stop();
  });
  return { clock, network, errors };
}

const door = (handle: (request: WireRequest) => Exchange | Promise<Exchange>): HttpDoor => ({
  accepts: () => true,
  handle,
});

const answer = (status: number, body: string, headers = {}): Exchange => ({
  kind: 'answer',
  response: { status, headers, body },
});

const codeOf = (error: { code?: string; cause?: { code?: string } }): unknown =>
  error.cause?.code ?? error.code;

interface Http2Answer {
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function http2Call(url: string, ca: string, headers: Record<string, string>, body: string) {
  return new Promise<Http2Answer>((resolve, reject) => {
    const session = connectHttp2(url, { ca });
    session.on('error', reject);
    const stream = session.request({ ':method': 'POST', ...headers });
    let head: Record<string, unknown> = {};
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (fields) => (head = fields));
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      session.destroy();
      if (head[':status'] === undefined) reject(new Error('closed without an answer'));
      else resolve({ headers: head, body: text });
    });
    stream.end(body);
  });
}

describe('an HTTP/1.1 door on a socket', () => {
  it('gets the request as it stood on the wire and answers with its length', async () => {
    const { network } = world();
    const seen: WireRequest[] = [];
    const listener = await network.listenHttp(
      'rbm',
      door((request) => {
        seen.push(request);
        return answer(201, '{"é":1}', { 'content-type': 'application/json' });
      }),
    );
    const response = await fetch(`${listener.url}/v1/phones/+1222/agentMessages?a=b%20c`, {
      method: 'POST',
      headers: { 'X-Some': 'Value' },
      body: 'x'.repeat(200_000),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('content-length')).toBe('8');
    expect(await response.json()).toEqual({ é: 1 });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/v1/phones/+1222/agentMessages',
      query: 'a=b%20c',
      headers: { 'x-some': 'Value' },
    });
    expect(seen[0]!.body).toHaveLength(200_000);
  });

  it('answers 413 to a body beyond 10 MiB without asking the door', async () => {
    const { network } = world();
    const asked: string[] = [];
    const listener = await network.listenHttp(
      'rbm',
      door((request) => {
        asked.push(request.path);
        return answer(200, '');
      }),
    );
    const socket = connect(listener.port, listener.host);
    socket.on('error', () => {});
    socket.write('POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n');
    socket.write(Buffer.alloc(10 * 1024 * 1024 + 1));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(first.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(asked).toEqual([]);
  });

  it('breaks connections that are refused or reset, and leaves the silent ones open', async () => {
    const { network } = world();
    const shut = await network.listenHttp('shut', {
      accepts: () => false,
      handle: () => answer(200, ''),
    });
    const torn = await network.listenHttp(
      'torn',
      door(() => ({ kind: 'reset' })),
    );
    const mute = await network.listenHttp(
      'mute',
      door(() => ({ kind: 'silence' })),
    );
    await expect(fetch(shut.url)).rejects.toThrow('fetch failed');
    await expect(fetch(torn.url).catch(codeOf)).resolves.toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    const waiting = fetch(mute.url).then(
      () => 'answered',
      () => 'broken',
    );
    await expect(fetch(torn.url)).rejects.toThrow();
    mute.dropConnections();
    expect(await waiting).toBe('broken');
  });

  it('never shows its own exception as traffic', async () => {
    const { network, errors } = world();
    const listener = await network.listenHttp(
      'bad',
      door((request) => {
        if (request.path === '/sync') throw new Error('defect');
        return Promise.reject(new Error('defect'));
      }),
    );
    await expect(fetch(`${listener.url}/sync`)).rejects.toThrow('fetch failed');
    await expect(fetch(`${listener.url}/async`)).rejects.toThrow('fetch failed');
    expect(errors).toEqual(['WORLD_DOOR_FAILED harness', 'WORLD_DOOR_FAILED harness']);
  });

  it('says which port is taken and whose business that is', async () => {
    const { network } = world();
    const first = await network.listenHttp(
      'one',
      door(() => answer(200, '')),
    );
    const second = network.listenHttp(
      'two',
      door(() => answer(200, '')),
      { port: first.port },
    );
    await expect(second).rejects.toMatchObject({ code: 'WORLD_PORT_IN_USE', blame: 'environment' });
  });

  it('ends at once although clients keep their connections', async () => {
    const { network } = world();
    const listener = await network.listenHttp(
      'keep',
      door(() => answer(200, 'x')),
    );
    await (await fetch(listener.url)).text();
    const idle = connect(listener.port, listener.host);
    idle.on('error', () => {});
    await once(idle, 'connect');
    await network.close();
    await expect(fetch(listener.url)).rejects.toThrow('fetch failed');
  });
});

describe('an HTTP/2 door on a socket', () => {
  it('serves HTTP/2 under the run’s own certificate authority', async () => {
    const { network } = world();
    expect(network.caPem).toBeUndefined();
    const seen: WireRequest[] = [];
    const listener = await network.listenHttp(
      'apns',
      door((request) => {
        seen.push(request);
        return answer(410, '{"reason":"Unregistered"}', { 'apns-id': 'X' });
      }),
      { http2: true },
    );
    const got = await http2Call(
      listener.url,
      network.caPem!,
      { ':path': '/3/device/ab?x=1', 'apns-topic': 't' },
      '{"aps":{}}',
    );
    expect(got.headers).toMatchObject({ ':status': 410, 'apns-id': 'X' });
    expect(got.body).toBe('{"reason":"Unregistered"}');
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/3/device/ab', query: 'x=1' });
    expect(seen[0]!.headers).toMatchObject({
      'apns-topic': 't',
      host: `127.0.0.1:${listener.port}`,
    });
  });

  it('serves HTTP/1.1 to a client that offers nothing better', async () => {
    const { network } = world();
    const listener = await network.listenHttp(
      'apns',
      door((request) => answer(200, `${request.method} ${request.path}`)),
      { http2: true },
    );
    const url = `${listener.url.replace('127.0.0.1', 'localhost')}/v1/x`;
    const got = await new Promise<string>((resolve, reject) => {
      const call = httpsRequest(url, { ca: network.caPem!, agent: false }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => resolve(`${response.httpVersion} ${chunk}`));
      });
      call.on('error', reject);
      call.end();
    });
    expect(got).toBe('1.1 GET /v1/x');
  });

  it('survives clients that break HTTP/2, TLS, or their own request', async () => {
    const { network, errors } = world();
    const listener = await network.listenHttp(
      'apns',
      door(() => answer(200, 'ok')),
      { http2: true },
    );
    const raw = connect(listener.port, listener.host);
    raw.on('error', () => {});
    raw.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => raw.once('close', resolve));
    const session = connectHttp2(listener.url, { ca: network.caPem! });
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write('half');
    await once(session, 'connect');
    session.destroy();
    const whole = await http2Call(listener.url, network.caPem!, { ':path': '/' }, '');
    expect(whole.body).toBe('ok');
    expect(errors).toEqual([]);
  });

  it('breaks the connection for refuse and reset, and tells the harness of a defect', async () => {
    const { network, errors } = world();
    const kinds: Record<string, () => Exchange> = {
      '/reset': () => ({ kind: 'reset' }),
      '/defect': () => {
        throw new Error('defect');
      },
    };
    const torn = await network.listenHttp(
      'torn',
      door((request) => kinds[request.path]!()),
      {
        http2: true,
      },
    );
    const shut = await network.listenHttp(
      'shut',
      { accepts: () => false, handle: () => answer(200, '') },
      { http2: true },
    );
    const ca = network.caPem!;
    await expect(http2Call(torn.url, ca, { ':path': '/reset' }, '')).rejects.toThrow();
    await expect(http2Call(torn.url, ca, { ':path': '/defect' }, '')).rejects.toThrow();
    await expect(http2Call(shut.url, ca, { ':path': '/' }, '')).rejects.toThrow();
    expect(errors).toEqual(['WORLD_DOOR_FAILED harness']);
  });
});

describe('a stream door on a socket', () => {
  it('carries bytes both ways and refuses by breaking at once', async () => {
    const { network } = world();
    const echo = await network.listenStream('smsc', {
      accepts: () => true,
      connected: (stream) => void stream.pipe(stream),
    });
    const stream = await network.connect(echo.host, echo.port);
    stream.write('hello');
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('hello');
    echo.dropConnections();
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('close', resolve));
    const shut = await network.listenStream('shut', {
      accepts: () => false,
      connected: () => expect.unreachable(),
    });
    const refused = connect(shut.port, shut.host);
    refused.on('error', () => {});
    await new Promise((resolve) => refused.once('close', resolve));
    await shut.close();
    await expect(network.connect(shut.host, shut.port)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('a call made by the world', () => {
  it('never throws and says whether the request was taken', async () => {
    const { network } = world();
    const server = createServer((message, response) => {
      if (message.url === '/silent') return;
      if (message.url === '/break') {
        message.socket.destroy();
        return;
      }
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.writeHead(302, { location: '/next?x=1' });
      response.end('moved');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = (url: string) =>
      network.request({
        method: 'POST',
        url,
        headers: { 'content-type': 'text/plain' },
        body: 'hé',
        timeoutMicros: 200_000,
      });
    const moved = await call(`${base}/a/b`);
    expect(moved).toMatchObject({
      kind: 'answer',
      location: `${base}/next?x=1`,
      response: { status: 302, headers: { 'set-cookie': 'a=1\nb=2' } },
    });
    expect(await call(`${base}/silent`)).toEqual({
      kind: 'failure',
      reason: 'ETIMEDOUT',
      handed: true,
    });
    expect(await call(`${base}/break`)).toMatchObject({ kind: 'failure', handed: true });
    expect(await call('http://127.0.0.1:1/')).toEqual({
      kind: 'failure',
      reason: 'ECONNREFUSED',
      handed: false,
    });
    expect(await call('nonsense')).toMatchObject({ kind: 'failure', handed: false });
  });
});
