import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createHpackDecoder, encodeField, HpackError } from '../../simulators/network/hpack.ts';
import { openHttp2Connection } from '../../simulators/network/http2-connection.ts';
import { PREFACE, writeFrame, writeSettings } from '../../simulators/network/http2-frames.ts';
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Handle = (request: WireRequest) => Exchange | Promise<Exchange>;

const answer = (body: string | Uint8Array, more: object = {}): Exchange => ({
  kind: 'answer',
  response: { status: 200, headers: { 'x-some': 'value' }, body, ...more },
});

/** Without TLS, which is not what is tested here. */
async function serving(handle: Handle, anyScheme = false) {
  const failures: string[] = [];
  const door = { accepts: () => true, handle };
  const failed = (_cause: unknown, where: string) => void failures.push(where);
  const clock = createWallClock();
  const server = createServer((socket) => {
    openHttp2Connection(socket, { door, failed, clock, anyScheme });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    failures,
    client: (): ClientHttp2Session => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      closing.push(() => session.destroy());
      return session;
    },
    raw: async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      closing.push(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
  };
}

interface Got {
  readonly status: unknown;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function call(session: ClientHttp2Session, headers: object, body?: string | Buffer): Promise<Got> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': body === undefined ? 'GET' : 'POST', ...headers });
    const chunks: Buffer[] = [];
    let head: Record<string, unknown> = {};
    stream.on('response', (fields) => (head = fields));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: head[':status'], headers: head, body: text });
    });
    stream.end(body);
  });
}

/** A GOAWAY's code and debug data, or why none came. */
async function goodbye(socket: Socket): Promise<string> {
  let all = '';
  socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
  await once(socket, 'close');
  for (let at = 0; at + 9 <= all.length;) {
    const [a, b, c, type] = Buffer.from(all.slice(at, at + 4), 'latin1');
    const length = (a! << 16) | (b! << 8) | c!;
    if (type === 7) {
      return `${all.charCodeAt(at + 16)} ${all.slice(at + 17, at + 9 + length)}`;
    }
    at += 9 + length;
  }
  return 'none';
}

describe('an HTTP/2 connection', () => {
  it('hands over what Node’s client wrote, whatever header compression made of it', async () => {
    const { client } = await serving(({ method, path, query, headers }) =>
      answer(JSON.stringify({ method, path, query, headers })),
    );
    const session = client();
    const value = fc.string({
      unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 8 }), async (values) => {
        const sent = Object.fromEntries(values.map((one, at) => [`x-header-${at}`, one]));
        const got = await call(session, { ':path': '/a/b?c=d', ...sent });
        expect(got).toMatchObject({ status: 200, headers: { 'x-some': 'value' } });
        expect(JSON.parse(got.body)).toMatchObject({
          method: 'GET',
          path: '/a/b',
          query: 'c=d',
          headers: sent,
        });
      }),
    );
  });

  it('carries bodies that are larger than every window, both ways and at once', async () => {
    const { client } = await serving(({ body }) => answer(body));
    const session = client();
    const bodies = Array.from({ length: 4 }, (_, at) => Buffer.alloc(3_000_000 + at, `é${at}`));
    const got = await Promise.all(bodies.map((body) => call(session, { ':path': '/' }, body)));
    for (const [at, { body }] of got.entries()) expect(body).toBe(bodies[at]!.toString());
  });

  it('answers 413 to a body beyond the limit, and goes on', async () => {
    const { client } = await serving(() => answer('small'));
    const session = client();
    const large = await call(session, { ':path': '/' }, Buffer.alloc(11 * 1024 * 1024));
    expect(large.status).toBe(413);
    expect(await call(session, { ':path': '/' }, 'x')).toMatchObject({ body: 'small' });
  });

  it('lets a body trickle after its head, and hurries with the others', async () => {
    const slow = 'x'.repeat(600);
    const { client } = await serving(({ path }) =>
      path === '/slow' ? answer(slow, { bytesPerSecond: 2_000 }) : answer('fast'),
    );
    const session = client();
    const stream = session.request({ ':path': '/slow' });
    const pieces: string[] = [];
    stream.on('data', (chunk: Buffer) => pieces.push(chunk.toString()));
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(head[':status']).toBe(200);
    expect(pieces).toEqual([]);
    expect(await call(session, { ':path': '/other' })).toMatchObject({ body: 'fast' });
    expect(pieces.join('').length).toBeLessThan(slow.length);
    await once(stream, 'end');
    expect(pieces.join('')).toBe(slow);
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('ends a body that trickles into a window too small for it', async () => {
    const body = 'x'.repeat(70_000);
    const { client } = await serving(() => answer(body, { bytesPerSecond: 10_000_000 }));
    expect(await call(client(), { ':path': '/' })).toMatchObject({ body });
  });

  it('forgets a body that trickles when nobody waits for it any more', async () => {
    const { client } = await serving(({ path }) =>
      path === '/slow'
        ? answer('x'.repeat(400), { bytesPerSecond: 1_000, goaway: 'never said' })
        : answer('next'),
    );
    const session = client();
    const stream = session.request({ ':path': '/slow' });
    await once(stream, 'response');
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, 'close');
    let goodbyes = 0;
    session.on('goaway', () => goodbyes++);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await call(session, { ':path': '/' })).toMatchObject({ body: 'next' });
    expect(goodbyes).toBe(0);
  });

  it('says goodbye when the door says so, after what is under way', async () => {
    const { client } = await serving(({ path }) =>
      path === '/last'
        ? answer('', { status: 503, goaway: 'Shutdown' })
        : new Promise((resolve) => setTimeout(() => resolve(answer('late')), 30)),
    );
    const session = client();
    const said = once(session, 'goaway') as Promise<[number, number, Buffer]>;
    const late = call(session, { ':path': '/late' });
    const last = call(session, { ':path': '/last' });
    expect(await Promise.all([late, last])).toMatchObject([{ body: 'late' }, { status: 503 }]);
    const [code, id, data] = await said;
    expect([code, id, data.toString()]).toEqual([constants.NGHTTP2_NO_ERROR, 3, 'Shutdown']);
    await once(session, 'close');
  });

  it('leaves silence silent, breaks at a reset, tells of defects, and answers pings', async () => {
    const { client, failures } = await serving(({ path }) => {
      if (path === '/defect') throw new Error('defect');
      return path === '/mute' ? { kind: 'silence' } : { kind: 'reset' };
    });
    const mute = client();
    await once(mute, 'connect');
    let ended = false;
    void call(mute, { ':path': '/mute' }).catch(() => (ended = true));
    await new Promise((resolve, reject) => {
      mute.ping((error) => (error === null ? resolve(undefined) : reject(error)));
    });
    expect(ended).toBe(false);
    for (const path of ['/reset', '/defect']) {
      const session = client();
      const got = await call(session, { ':path': path }).catch(() => undefined);
      expect(got?.status).toBeUndefined();
    }
    expect(failures).toEqual(['GET /defect']);
  });

  it('gives each connection an object of its own, the same for all its requests', async () => {
    const seen: (object | undefined)[] = [];
    const { client } = await serving(({ connection }) => {
      seen.push(connection);
      return answer('');
    });
    const [one, other] = [client(), client()];
    for (const session of [one, one, other]) await call(session, { ':path': '/' });
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).not.toBe(seen[2]);
  });

  it('ends with the code of the rule that was broken', async () => {
    const { raw } = await serving(() => answer(''));
    const begin = PREFACE + writeSettings([]);
    const headers = (flags: number, block: string) => writeFrame(1, flags, 1, block);
    const cases: Readonly<Record<string, string>> = {
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n': '1 no preface',
      [PREFACE + writeFrame(6, 0, 0, '12345678')]: '1 settings come first',
      [`${begin}\u00ff\u00ff\u00ff\u0000`.padEnd(80, '\u0000')]: '6 a frame is too large',
      [begin + writeFrame(0, 1, 1, 'x')]: '1 data of a stream that is not open',
      [begin + writeFrame(9, 4, 1, '')]: '1 a continuation of nothing',
      [begin + headers(0, '') + writeFrame(6, 0, 0, '12345678')]: '1 a header section is not over',
      [begin + headers(4, '\u00ff\u00ff\u00ff\u00ff\u00ff')]: '9 a number is too large',
      [begin + headers(4, '\u00be')]: '9 there is no entry 62',
      [begin + headers(4 | 8, '\u0009ab')]: '1 more padding than frame',
      [begin + writeFrame(8, 0, 0, '\u007f\u00ff\u00ff\u00ff')]: '3 an impossible window',
      [begin + headers(0, '') + writeFrame(9, 0, 1, '').repeat(70)]:
        '11 the header section is too large',
      [begin + writeFrame(5, 4, 1, '')]: '1 a client pushes nothing',
    };
    for (const [octets, told] of Object.entries(cases)) {
      const socket = await raw();
      const end = goodbye(socket);
      socket.write(octets, 'latin1');
      expect(await end).toBe(told);
    }
  });

  it('resets the streams of malformed requests, and no others', async () => {
    const { raw } = await serving(() => answer(''));
    const good = ['\u0082', '\u0086', encodeField(':path', '/')].join('');
    const blocks = [
      good,
      '\u0082\u0086',
      good + encodeField('Upper', 'x'),
      good + encodeField('connection', 'close'),
      encodeField('a', 'b') + good,
      good + encodeField('a', 'b\u0000'),
      good + encodeField('content-length', '3'),
      good,
    ];
    const socket = await raw();
    let all = '';
    socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
    const frames = blocks.map((block, at) => writeFrame(1, 5, 2 * at + 1, block));
    socket.write(PREFACE + writeSettings([]) + frames.join(''), 'latin1');
    const answered = (id: number) =>
      all.includes(`\u0001\u0005\u0000\u0000\u0000${String.fromCharCode(id)}`);
    while (!answered(15)) await once(socket, 'data');
    const reset = (id: number) => all.includes(writeFrame(3, 0, id, '\u0000\u0000\u0000\u0001'));
    expect(blocks.map((_, at) => [answered(2 * at + 1), reset(2 * at + 1)])).toEqual(
      blocks.map((_, at) => (at === 0 || at === 7 ? [true, false] : [false, true])),
    );
  });

  it('takes the scheme that firebase-admin writes, where the vendor takes it, too', async () => {
    for (const anyScheme of [true, false]) {
      const { raw } = await serving(() => answer('taken'), anyScheme);
      const socket = await raw();
      const block = `\u0082${encodeField(':scheme', 'https:')}${encodeField(':path', '/')}`;
      let all = '';
      socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
      socket.write(PREFACE + writeSettings([]) + writeFrame(1, 5, 1, block), 'latin1');
      const isReset = (): boolean => all.includes(writeFrame(3, 0, 1, '\u0000\u0000\u0000\u0001'));
      while (!all.includes('taken') && !isReset()) await once(socket, 'data');
      expect(isReset()).toBe(!anyScheme);
    }
  });

  it('survives any bytes', async () => {
    const { raw, failures } = await serving(() => answer(''));
    const begin = PREFACE + writeSettings([]);
    const type = fc.integer({ min: 0, max: 12 });
    const frame = fc
      .tuple(type, fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 9 }), fc.uint8Array())
      .map(([kind, flags, id, bytes]) =>
        writeFrame(kind, flags, id, Buffer.from(bytes).toString('latin1')),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async (frames) => {
        const socket = await raw();
        socket.resume();
        socket.end(begin + frames.join(''), 'latin1');
        await once(socket, 'close');
      }),
      { numRuns: 60 },
    );
    expect(failures).toEqual([]);
  });
});

describe('the header decoder', () => {
  const decode = (blocks: readonly string[]): string[][] => {
    const decoder = createHpackDecoder(() => true);
    return blocks.map((hex) => {
      const fields: string[] = [];
      decoder.decode(Buffer.from(hex, 'hex'), {
        field: ({ name, value }) => void fields.push(`${name}: ${value}`),
      });
      return fields;
    });
  };

  it('reads the examples of RFC 7541, C.4 and C.6', () => {
    expect(
      decode([
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ]),
    ).toEqual([
      [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
      [
        ':method: GET',
        ':scheme: http',
        ':path: /',
        ':authority: www.example.com',
        'cache-control: no-cache',
      ],
      [
        ':method: GET',
        ':scheme: https',
        ':path: /index.html',
        ':authority: www.example.com',
        'custom-key: custom-value',
      ],
    ]);
  });

  it('reads long values that stay out of the table again and again, each as it is', () => {
    const values = ['a', 'b', 'c'].map((end) => `bearer ${'x'.repeat(80)}${end}`);
    const fields = [0, 0, 1, 0, 2, 2].map((at) => ['authorization', values[at]!] as const);
    const others = [...values, 'short'].map((value) => ['location', value] as const);
    const all = [...fields, ...others, ...fields, ...others];
    const hex = ([name, value]: readonly [string, string]): string =>
      Buffer.from(encodeField(name, value), 'latin1').toString('hex');
    expect(decode(all.map(hex))).toEqual(all.map(([name, value]) => [`${name}: ${value}`]));
  });

  it('tells a long value in Huffman code from its octets as they are', () => {
    // As Huffman code they are digits of five bits, and no padding.
    const octets = '00'.repeat(64);
    const [plain, packed] = [`0f0840${octets}`, `0f08c0${octets}`];
    expect(() => decode([plain, packed])).toThrow(HpackError);
    expect(decode([plain, plain])).toEqual([
      [`authorization: ${'\0'.repeat(64)}`],
      [`authorization: ${'\0'.repeat(64)}`],
    ]);
  });

  it('refuses what is cut, too large or no Huffman code', () => {
    for (const hex of [
      '40',
      '4003616263',
      '4083ffffffff',
      '3fffffff7f',
      '80',
      'ff80808080808001',
    ]) {
      expect(() => decode([hex]), hex).toThrow(HpackError);
    }
  });
});
