import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdPorts } from '../../harness/implementation/own-ports.ts';
import type { Child } from '../../harness/implementation/child.ts';
import { untilReady } from '../../harness/implementation/readiness.ts';
import type { Readiness } from '../../harness/implementation/readiness.ts';
import type { Network } from '../../simulators/network/wire.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';

/** Undefined when it could listen, else why not. */
function listening(port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code));
    server.listen(port, '127.0.0.1', () => server.close(() => done(undefined)));
  });
}

describe('ports for an implementation', () => {
  it('differ from each other and from those of another implementation', async () => {
    const held = await Promise.all(Array.from({ length: 8 }, () => holdPorts(3)));
    const numbers = held.flatMap((ports) => ports.numbers);
    expect(numbers).toHaveLength(24);
    expect(new Set(numbers).size).toBe(24);
    await Promise.all(held.map((ports) => ports.release()));
  });

  it('are nobody else’s while they are held, and free when they are released', async () => {
    const ports = await holdPorts(3);
    const held = await Promise.all(ports.numbers.map(listening));
    expect(held).toEqual(['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE']);
    await ports.release();
    expect(await Promise.all(ports.numbers.map(listening))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are none that the system gives to outgoing connections', async () => {
    const file = '/proc/sys/net/ipv4/ip_local_port_range';
    const first =
      process.platform === 'linux' ? Number(readFileSync(file, 'utf8').split(/\s/)[0]) : 32_768;
    const ports = await holdPorts(3);
    await ports.release();
    // Where the system gives away nearly everything, nothing can be kept apart.
    if (first < 21_000) return;
    for (const number of ports.numbers) expect(number).toBeLessThan(first);
  });
});

describe('what never gets ready', () => {
  const said = { lastLines: ['starting'], gone: false } as unknown as Child;
  const unwell = { ...said, healthy: async () => false };
  const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });

  it.each<[readiness: Readiness, why: string]>([
    [
      { http: '/ready' },
      'GET http://127.0.0.1:20000/ready answered 404 (wanted below 400) for 4 s: start.ready.http',
    ],
    [
      { http: 'http://127.0.0.1:20001/page', body: 'up' },
      'GET http://127.0.0.1:20001/page answered 200 with a body unlike /up/ for 4 s: ' +
        'start.ready.body',
    ],
    [
      { tcp: '20000' },
      '127.0.0.1:20000 took no connection (ECONNREFUSED) for 4 s: start.ready.tcp',
    ],
    [{ output: 'up$' }, 'no line of its output was like /up$/ for 4 s: start.ready.output'],
    [{ healthy: true }, 'its own HEALTHCHECK did not say healthy for 4 s: start.ready.healthy'],
  ])('by %j is told what was tried, what came and by which key', async (readiness, why) => {
    const clock = createVirtualClock();
    const network: Network = {
      ...createMemoryNetwork({ clock }),
      connect: async () => Promise.reject(refused),
      request: async ({ url }) => ({
        kind: 'answer',
        response: { status: url.endsWith('/page') ? 200 : 404, headers: {}, body: 'down' },
      }),
    };
    const ready = untilReady(
      { ...readiness, within: 4_000_000 },
      {
        clock,
        network,
        baseUrl: 'http://127.0.0.1:20000',
        host: '127.0.0.1',
        children: [readiness.healthy === true ? unwell : said],
      },
    );
    await clock.run(5_000_000);
    expect(await ready).toBe(why);
  });
});

describe('readiness by a port', () => {
  it('is asked again after a connection that was reset before it was seen', async () => {
    const clock = createVirtualClock();
    const answers = ['ECONNREFUSED', 'ECONNRESET', 'EADDRNOTAVAIL'];
    const stream = { destroy: () => {} };
    const network = {
      ...createMemoryNetwork({ clock }),
      connect: async () => {
        const code = answers.shift();
        if (code !== undefined) throw Object.assign(new Error(code), { code });
        return stream as never;
      },
    };
    const ready = untilReady(
      { tcp: '20000' },
      { clock, network, baseUrl: '', host: '127.0.0.1', children: [] },
    );
    await clock.run(1_000_000);
    expect(await ready).toBeUndefined();
    expect(answers).toEqual([]);
  });
});
