import type { ServerHttp2Stream } from 'node:http2';
import { connect, performServerHandshake } from 'node:http2';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createSchemeMender, mendedConnection } from '../../simulators/network/scheme-mender.ts';

/** Requests to a server of this process over TCP; the client writes this scheme. */
async function ask(scheme: string, count: number, body = ''): Promise<string[]> {
  const server = createServer((socket) => {
    const session = performServerHandshake(mendedConnection(socket));
    session.on('stream', (stream: ServerHttp2Stream, headers) => {
      const sent: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => sent.push(chunk));
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        const length = Buffer.concat(sent).length;
        const told = [headers[':scheme'], headers[':path'], headers['x-n'], length];
        stream.end(told.join(' '));
      });
    });
    session.on('error', () => session.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address() as { port: number };
  const client = connect(`http://127.0.0.1:${address.port}`);
  const one = (n: number) =>
    new Promise<string>((resolve, reject) => {
      const stream = client.request({
        ':method': 'POST',
        ':scheme': scheme,
        ':path': `/v1/${n}`,
        'x-n': `value-${n}`,
        authorization: 'Bearer abc',
      });
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => resolve(text));
      stream.on('error', reject);
      stream.end(body);
    });
  try {
    return await Promise.all(Array.from({ length: count }, (_, n) => one(n)));
  } finally {
    client.destroy();
    server.close();
  }
}

describe('the scheme mender', () => {
  it('lets a client through that writes a colon into the scheme, again and again', async () => {
    const answers = await ask('https:', 60, 'x'.repeat(3_000));
    expect(answers).toEqual(Array.from({ length: 60 }, (_, n) => `https /v1/${n} value-${n} 3000`));
  });

  it('changes nothing for a client that writes it right', async () => {
    expect(await ask('https', 2)).toEqual(['https /v1/0 value-0 0', 'https /v1/1 value-1 0']);
  });

  /** Preface, an empty SETTINGS, then HEADERS with `:scheme` and a path, in plain HPACK. */
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const frame = (type: number, flags: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head[8] = 1;
    return Buffer.concat([head, payload]);
  };
  const block = (value: string): Buffer =>
    Buffer.concat([
      Buffer.from([0x83]),
      Buffer.from([0x40, 1]),
      Buffer.from('a'),
      Buffer.from([1]),
      Buffer.from('b'),
      Buffer.from([0x46, value.length]),
      Buffer.from(value),
      Buffer.from([0x84]),
    ]);
  const stream = (value: string, flags = 4, wrap = (payload: Buffer) => payload): Buffer =>
    Buffer.concat([
      preface,
      frame(4, 0, Buffer.alloc(0)),
      frame(1, flags, wrap(block(value))),
      frame(0, 1, Buffer.from('https:')),
    ]);

  it('takes bytes as they come, one by one or all at once', () => {
    const whole = createSchemeMender()(stream('https:'));
    expect(whole).toEqual(stream('https'));
    const mend = createSchemeMender();
    const pieces = [...stream('https:')].map((byte) => mend(Buffer.from([byte])));
    expect(Buffer.concat(pieces)).toEqual(whole);
  });

  it('finds its way through padding and priority', () => {
    const wrap = (payload: Buffer): Buffer =>
      Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 9]), payload, Buffer.alloc(3)]);
    const flags = 4 | 8 | 32;
    expect(createSchemeMender()(stream('https:', flags, wrap))).toEqual(
      stream('https', flags, wrap),
    );
  });

  it('passes on what it cannot read', () => {
    const broken = Buffer.concat([preface, frame(1, 4, Buffer.from([0x40, 0xff, 0xff, 0xff]))]);
    expect(createSchemeMender()(broken)).toEqual(broken);
  });
});
