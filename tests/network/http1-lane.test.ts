import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createPlainReader } from '../../simulators/network/http1-reader.ts';
import { createHttp1Server } from '../../simulators/network/http1-server.ts';
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const echo = ({ method, path, query, headers, body }: WireRequest): Exchange => ({
  kind: 'answer',
  response: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method, path, query, headers, body: Buffer.from(body).toString() }),
  },
});

async function serving(handle: (request: WireRequest) => Exchange | Promise<Exchange>) {
  const failures: string[] = [];
  const door = { accepts: () => true, handle };
  const failed = (_cause: unknown, where: string) => void failures.push(where);
  const server: Server = createHttp1Server(door, { failed, clock: createWallClock() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const open = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    closing.push(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { failures, open };
}

/** Reads until the text satisfies `enough`, or the other end closes. */
function readUntil(socket: Socket, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (enough(text)) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
}

const answers = (count: number) => (text: string) =>
  text.split('HTTP/1.1 ').length > count && text.endsWith('}');
const bodiesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\r\n\r\n')
    .slice(1)
    .map((part) => JSON.parse(part.split('HTTP/1.1')[0]!) as Record<string, unknown>);

const POST =
  'POST /v1/a?b=c HTTP/1.1\r\nHost: x\r\nX-Some:  Value \r\nContent-Length: 4\r\n\r\nbody';
const SAME = { method: 'POST', path: '/v1/a', query: 'b=c', body: 'body' };
const CHUNKED =
  'POST /v1/a?b=c HTTP/1.1\r\nHost: x\r\nX-Some: Value\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '4\r\nbody\r\n0\r\n\r\n';

describe('a connection with plain requests', () => {
  it('answers them as Node would, and one after the other when they come at once', async () => {
    const { open } = await serving(echo);
    const socket = await open();
    socket.write(POST.repeat(3));
    const text = await readUntil(socket, answers(3));
    expect(bodiesOf(text)).toHaveLength(3);
    for (const body of bodiesOf(text)) {
      expect(body).toMatchObject({ ...SAME, headers: { host: 'x', 'x-some': 'Value' } });
    }
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\n/);
    expect(text).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
    expect(text).toContain('\r\nKeep-Alive: timeout=65\r\n');
  });

  it('lets a length stand that the door states itself, as for a HEAD', async () => {
    const headers = { 'Content-Length': '4', 'content-type': 'text/plain' };
    const { open } = await serving(({ method }) => ({
      kind: 'answer',
      response: { status: 200, headers, body: method === 'HEAD' ? '' : 'body' },
    }));
    for (const request of [POST, CHUNKED, POST.replace('POST', 'HEAD')]) {
      const socket = await open();
      socket.write(request);
      const text = await readUntil(socket, (all) => all.includes('\r\n\r\n'));
      expect(text.toLowerCase().split('content-length: 4')).toHaveLength(2);
      expect(text.toLowerCase().split('content-length')).toHaveLength(2);
    }
  });

  it('goes on by Node’s server from the first request that is not plain', async () => {
    const { open } = await serving(echo);
    const socket = await open();
    socket.write(POST + CHUNKED + POST);
    const text = await readUntil(socket, answers(3));
    expect(bodiesOf(text)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(SAME)));
    socket.removeAllListeners('data');
    socket.write(POST);
    expect(bodiesOf(await readUntil(socket, answers(1)))[0]).toMatchObject(SAME);
  });

  it('reads requests in whatever pieces they come', async () => {
    const { open } = await serving(echo);
    const whole = POST + CHUNKED + POST;
    for (const pieces of [[1], [30], [POST.length - 2], [POST.length + 5], [10, 60, 90, 200]]) {
      const socket = await open();
      const seen = readUntil(socket, answers(3));
      let from = 0;
      for (const to of [...pieces, whole.length]) {
        socket.write(whole.slice(from, to));
        from = to;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(bodiesOf(await seen)).toEqual(
        Array.from({ length: 3 }, () => expect.objectContaining(SAME)),
      );
      socket.destroy();
    }
  });

  it('keeps the order of answers when one takes its time', async () => {
    const { open } = await serving((request) =>
      request.path === '/slow'
        ? new Promise((resolve) => setTimeout(() => resolve(echo(request)), 30))
        : echo(request),
    );
    const socket = await open();
    socket.write(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${POST}`);
    setTimeout(() => socket.write(`GET /third HTTP/1.1\r\nHost: x\r\n\r\n`), 10);
    const bodies = bodiesOf(await readUntil(socket, answers(3)));
    expect(bodies.map((body) => body['path'])).toEqual(['/slow', '/v1/a', '/third']);
  });

  it('answers a client that closed its half after the request', async () => {
    const later = (request: WireRequest): Promise<Exchange> =>
      new Promise((resolve) => setTimeout(() => resolve(echo(request)), 10));
    for (const handle of [echo, later]) {
      const { open } = await serving(handle);
      const socket = await open();
      const text = readUntil(socket, () => false);
      socket.end(POST);
      expect(bodiesOf(await text)).toEqual([expect.objectContaining(SAME)]);
    }
  });

  it('never answers again where one answer is kept back', async () => {
    const { open } = await serving((request) =>
      request.path === '/mute' ? { kind: 'silence' } : echo(request),
    );
    const socket = await open();
    let heard = 0;
    socket.on('data', () => heard++);
    socket.write(`GET /mute HTTP/1.1\r\nHost: x\r\n\r\n${POST}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect({ heard, closed: socket.closed }).toEqual({ heard: 0, closed: false });
  });

  it('closes when the client or the door says so, and sends bytes and empty answers', async () => {
    const { open } = await serving(({ path }) => ({
      kind: 'answer',
      response: {
        status: path === '/empty' ? 204 : 200,
        headers: path === '/close' ? { Connection: 'close' } : {},
        body: path === '/empty' ? '' : Uint8Array.of(0xc3, 0xa9),
      },
    }));
    const asked = async (request: string): Promise<string> => {
      const socket = await open();
      const text = readUntil(socket, () => false);
      socket.write(request);
      return text;
    };
    const byClient = await asked('GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(byClient).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\nConnection: close\r\n\r\né$/i);
    const byDoor = await asked('GET /close HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(byDoor).toMatch(/^HTTP\/1\.1 200 OK[^]*content-length: 2\r\n[^]*\r\n\r\né$/);
    const socket = await open();
    socket.write('GET /empty HTTP/1.1\r\nHost: x\r\n\r\n');
    const empty = await readUntil(socket, (text) => text.endsWith('\r\n\r\n'));
    expect(empty).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(empty.toLowerCase()).not.toContain('content-length');
  });

  it('refuses what is no HTTP, and tells of a door whose answer is none', async () => {
    const { open, failures } = await serving(() => ({
      kind: 'answer',
      response: { status: 200, headers: { 'x-y': 'a\r\nset-cookie: b' }, body: '' },
    }));
    for (const bad of [
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0',
      'GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
      '\u0016\u0003\u0001 no HTTP at all\r\n\r\n',
    ]) {
      const socket = await open();
      socket.write(bad, 'latin1');
      expect(await readUntil(socket, () => false), bad).toMatch(/^HTTP\/1\.1 400 /);
    }
    const socket = await open();
    socket.write(POST);
    expect(await readUntil(socket, () => false)).toBe('');
    expect(failures).toEqual(['POST /v1/a?b=c']);
  });
});

describe('the reader of plain requests', () => {
  it('leaves to Node what it is not sure of', () => {
    const fields = (...lines: string[]) =>
      ['GET / HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n');
    for (const text of [
      'GET / HTTP/1.0\r\nHost: x\r\n\r\n',
      'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n',
      'CONNECT a:443 HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET http://a/ HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /ä HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      fields('Expect: 100-continue'),
      fields('Upgrade: h2c', 'Connection: Upgrade'),
      fields('Connection: close'),
      fields('X-A: 1', 'X-a: 2'),
      fields('X-A: 1', ' folded'),
      fields('X-A : 1'),
      fields('X-A: \u0000'),
      fields('__proto__: 1'),
      fields('Content-Length: -1'),
      fields('Content-Length: 1e3'),
      fields('Content-Length: 3'),
    ]) {
      expect(createPlainReader()(Buffer.from(text, 'latin1'), 0), text).toBeUndefined();
    }
    expect(createPlainReader()(Buffer.from(fields()), 0)).toMatchObject({ path: '/' });
  });

  it('never throws and never reads beyond the chunk', () => {
    const part = fc.constantFrom('GET ', '/a', '?', ' HTTP/1.1\r\n', 'Host: x', '\r\n', ':', 'é');
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
        const chunk = Buffer.from(parts.join(''), 'latin1');
        const request = createPlainReader()(chunk, 0);
        if (request !== undefined) expect(request.end).toBeLessThanOrEqual(chunk.length);
      }),
    );
  });
});
