import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createHttp1Server } from '../../simulators/network/http1-server.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { Pipe, atPace, trickleMicros } from '../../simulators/network/pace.ts';
import type { Exchange } from '../../simulators/network/wire.ts';

const SECOND = 1_000_000;
const BODY = 'x'.repeat(400);
const slow = (bytesPerSecond: number): Exchange =>
  atPace(
    { kind: 'answer', response: { status: 200, headers: {}, body: BODY } },
    { kind: 'serve', delayMicros: 0, paceOf: () => bytesPerSecond },
  );

describe('a way that carries few bytes', () => {
  test('lets one exchange after the other pass, longer ones longer', () => {
    const pipe = new Pipe(100);
    // Heads take 600 bytes.
    expect(pipe.take(400, 0)).toBe(10 * SECOND);
    expect(pipe.take(0, 0)).toBe(16 * SECOND);
    expect(pipe.take(0, 20 * SECOND)).toBe(6 * SECOND);
  });
});

describe('a body that trickles, in memory', () => {
  const stage = () => {
    const clock = createVirtualClock();
    const network = createMemoryNetwork({ clock });
    network.registerHost('slow.test', { accepts: () => true, handle: () => slow(100) });
    return { clock, network };
  };

  test('comes after its head, whole', async () => {
    const { clock, network } = stage();
    const seen: string[] = [];
    void network
      .fetchAs()('http://slow.test/')
      .then(async (response) => {
        seen.push(`head ${Math.floor(clock.now() / SECOND)}`);
        seen.push(`${(await response.text()).length} bytes ${Math.floor(clock.now() / SECOND)}`);
      });
    await clock.run(10 * SECOND);
    expect(seen).toEqual(['head 0', '400 bytes 4']);
  });

  test('is waited for in full, and not longer than its limit', async () => {
    for (const [timeoutMicros, kind] of [
      [5 * SECOND, 'answer'],
      [3 * SECOND, 'failure'],
    ] as const) {
      const { clock, network } = stage();
      const made = { method: 'GET', url: 'http://slow.test/', headers: {}, timeoutMicros };
      const results: string[] = [];
      network.call(made, (result) => results.push(result.kind));
      await clock.run(10 * SECOND);
      expect(results).toEqual([kind]);
    }
  });

  test('takes no time where nothing slows it', () => {
    expect(trickleMicros({ status: 200, headers: {}, body: BODY })).toBe(0);
  });
});

describe('a body that trickles, on a socket', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** Pieces of the bodies of two requests on one connection. */
  test.each([
    ['a plain request', { method: 'GET' }],
    ['one that Node’s own server reads', { method: 'POST', body: ['a', 'b'] }],
  ] as const)('comes in pieces after its head, for %s', async (_, made) => {
    const door = { accepts: () => true, handle: () => slow(2_000) };
    const failures: unknown[] = [];
    const failed = (cause: unknown) => void failures.push(cause);
    const server = createHttp1Server(door, { failed, clock: createWallClock() });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    for (let time = 0; time < 2; time++) {
      const asked = request({ port, host: '127.0.0.1', method: made.method });
      if ('body' in made) for (const part of made.body) asked.write(part);
      asked.end();
      const [answer] = await once(asked, 'response');
      const pieces: string[] = [];
      answer.on('data', (chunk: Buffer) => pieces.push(chunk.toString()));
      await once(answer, 'end');
      expect(pieces.join('')).toBe(BODY);
      expect(pieces.length).toBeGreaterThan(1);
    }
    expect(failures).toEqual([]);
  });
});
