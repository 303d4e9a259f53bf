import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Exchange, HttpDoor, WireRequest } from '../../simulators/network/wire.ts';
import { MICROS_PER_SECOND as SECOND, sleep } from '../../simulators/kernel/clock.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';

function world() {
  const clock = createVirtualClock();
  const errors: string[] = [];
  const network = createMemoryNetwork({
    clock,
    onHarnessError: (error) => errors.push(`${error.code} ${error.blame}`),
  });
  return { clock, network, errors, fetch: network.fetchAs() };
}

const door = (handle: (request: WireRequest) => Exchange | Promise<Exchange>): HttpDoor => ({
  accepts: () => true,
  handle,
});

const answer = (status: number, body: string): Exchange => ({
  kind: 'answer',
  response: { status, headers: { 'Content-Type': 'application/json' }, body },
});

describe('the network in memory', () => {
  it('brings a request to its door as over a socket, and the answer back', async () => {
    const { clock, network, fetch } = world();
    const seen: WireRequest[] = [];
    const listener = await network.listenHttp(
      'rbm',
      door((request) => {
        seen.push(request);
        return answer(201, '{"name":"x"}');
      }),
    );
    expect(listener.url).toBe('http://rbm.test');
    const got: unknown[] = [];
    const story = async (): Promise<void> => {
      const response = await fetch(`${listener.url}/v1/phones/+1222/agentMessages?agentId=a%20b`, {
        method: 'POST',
        headers: { Authorization: 'Bearer t', 'content-type': 'application/json' },
        body: '{"é":1}',
      });
      got.push(clock.now(), response.status, response.ok, await response.json());
      got.push(response.headers.get('CONTENT-TYPE'), response.headers.get('etag'));
    };
    const done = story();
    await clock.run(1_000_000);
    await done;
    expect(got).toEqual([400, 201, true, { name: 'x' }, 'application/json', null]);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/v1/phones/+1222/agentMessages',
      query: 'agentId=a%20b',
      headers: {
        host: 'rbm.test',
        authorization: 'Bearer t',
        'content-type': 'application/json',
        'content-length': '8',
      },
    });
    expect(Buffer.from(seen[0]!.body).toString()).toBe('{"é":1}');
  });

  it('rejects like fetch when refused, reset, or without such a host', async () => {
    const { clock, network, fetch } = world();
    await network.listenHttp('shut', { accepts: () => false, handle: () => answer(200, '') });
    await network.listenHttp(
      'torn',
      door(() => ({ kind: 'reset' })),
    );
    const codes: unknown[] = [];
    for (const host of ['shut', 'torn', 'nobody']) {
      fetch(`http://${host}.test/`).catch((error: TypeError) => {
        codes.push(`${error.message}: ${(error.cause as { code: string }).code}`);
      });
    }
    await clock.run(1_000_000);
    expect(new Set(codes)).toEqual(
      new Set([
        'fetch failed: ECONNREFUSED',
        'fetch failed: ECONNRESET',
        'fetch failed: ENOTFOUND',
      ]),
    );
  });

  it('leaves a silent request pending, and breaks it when connections are dropped', async () => {
    const { clock, network, fetch } = world();
    const listener = await network.listenHttp(
      'mute',
      door(() => ({ kind: 'silence' })),
    );
    const outcome: string[] = [];
    fetch(`${listener.url}/`).catch(() => outcome.push('broken'));
    await clock.run(3_600_000_000);
    expect(outcome).toEqual([]);
    expect(clock.pending).toBe(0);
    listener.dropConnections();
    await clock.settle();
    expect(outcome).toEqual(['broken']);
  });

  it('ends a call of the world by its own timeout and says whether it was taken', async () => {
    const { clock, network } = world();
    network.registerHost(
      'implementation.test',
      door(() => ({ kind: 'silence' })),
    );
    const results: unknown[] = [];
    const call = async (url: string): Promise<void> => {
      const result = await network.request({
        method: 'POST',
        url,
        headers: {},
        body: 'x',
        timeoutMicros: 5_000_000,
      });
      results.push([clock.now(), result]);
    };
    const calls = [
      call('nonsense'),
      call('http://implementation.test/hook'),
      call('http://elsewhere.test/'),
    ];
    await clock.run(10_000_000);
    await Promise.all(calls);
    expect(results).toEqual([
      [0, { kind: 'failure', reason: 'not a URL: nonsense', handed: false }],
      [200, { kind: 'failure', reason: 'ENOTFOUND', handed: false }],
      [5_000_000, { kind: 'failure', reason: 'ETIMEDOUT', handed: true }],
    ]);
  });

  it('ends a call whose limit is shorter than the way there and back', async () => {
    const { clock, network } = world();
    network.registerHost(
      'implementation.test',
      door(() => answer(200, '')),
    );
    const results: unknown[] = [];
    for (const timeoutMicros of [100, 300, 401]) {
      const request = { method: 'GET', url: 'http://implementation.test/', headers: {} };
      network.call({ ...request, timeoutMicros }, (result) => {
        results.push([clock.now(), result.kind === 'failure' ? result : result.kind]);
      });
    }
    await clock.run(SECOND);
    expect(results).toEqual([
      [100, { kind: 'failure', reason: 'ETIMEDOUT', handed: false }],
      [300, { kind: 'failure', reason: 'ETIMEDOUT', handed: true }],
      [400, 'answer'],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('hands a body on as the text that it was, where it can be encoded', async () => {
    const { clock, network, fetch } = world();
    const seen: WireRequest[] = [];
    network.registerHost(
      'implementation.test',
      door((request) => {
        seen.push(request);
        return answer(200, '');
      }),
    );
    for (const body of ['{"é":1}', 'cut \ud800', Buffer.from('x')]) {
      void fetch('http://implementation.test/', { method: 'POST', body });
    }
    await clock.run(SECOND);
    expect(seen.map(({ text }) => text)).toEqual(['{"é":1}', undefined, undefined]);
    expect(seen.map(({ body }) => Buffer.from(body).toString())).toEqual([
      '{"é":1}',
      'cut \ufffd',
      'x',
    ]);
  });

  it('resolves the location of a redirect and does not follow it', async () => {
    const { clock, network } = world();
    network.registerHost(
      'implementation.test',
      door(() => ({
        kind: 'answer',
        response: { status: 303, headers: { Location: '../in' }, body: '' },
      })),
    );
    const call = network.request({
      method: 'GET',
      url: 'http://implementation.test/a/b/c',
      headers: {},
    });
    await clock.run(1_000_000);
    expect(await call).toMatchObject({ location: 'http://implementation.test/a/in' });
  });

  it('tells the harness when a door throws, and the caller sees a broken connection', async () => {
    const { clock, network, fetch, errors } = world();
    await network.listenHttp(
      'bad',
      door(() => Promise.reject(new Error('defect'))),
    );
    await network.listenHttp(
      'worse',
      door(() => {
        throw new Error('defect');
      }),
    );
    const codes: string[] = [];
    for (const host of ['bad', 'worse']) {
      fetch(`http://${host}.test/`).catch((error: { cause: { code: string } }) =>
        codes.push(error.cause.code),
      );
    }
    await clock.run(1_000_000);
    expect(codes).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(errors).toEqual(['WORLD_DOOR_FAILED harness', 'WORLD_DOOR_FAILED harness']);
  });

  it('waits in virtual time for a door that takes its time', async () => {
    const { clock, network, fetch } = world();
    await network.listenHttp(
      'slow',
      door(async () => {
        await sleep(clock, 7_000_000);
        return answer(200, '{}');
      }),
    );
    const at: number[] = [];
    void fetch('http://slow.test/').then(() => at.push(clock.now()));
    await clock.run(60_000_000);
    expect(at).toEqual([7_000_400]);
  });

  it('carries byte streams in order and stops a writer whose reader stops', async () => {
    const { clock, network } = world();
    const received: Buffer[] = [];
    const listener = await network.listenStream('northtel', {
      accepts: () => true,
      connected: (stream) => {
        stream.pause();
        clock.after(1_000_000, () => {
          clock.touch();
          stream.on('data', (chunk: Buffer) => received.push(chunk));
          stream.resume();
        });
        stream.on('end', () => stream.end('bye'));
      },
    });
    const big = Buffer.alloc(300_000, 7);
    const notes: unknown[] = [];
    const story = async (): Promise<void> => {
      const stream = await network.connect(listener.host, listener.port);
      stream.write(big, () => notes.push(['written', clock.now() > 1_000_000]));
      stream.write('last');
      stream.end();
      const answers: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => answers.push(chunk));
      await once(stream, 'close');
      notes.push(Buffer.concat(answers).toString());
    };
    const done = story();
    await clock.run(10_000_000);
    await done;
    expect(Buffer.concat(received).equals(Buffer.concat([big, Buffer.from('last')]))).toBe(true);
    expect(notes).toEqual([['written', true], 'bye']);
  });

  it('resets the other end of a destroyed stream and refuses where nobody listens', async () => {
    const { clock, network } = world();
    const listener = await network.listenStream('smsc', {
      accepts: () => true,
      connected: (stream) => void clock.after(500_000, () => stream.destroy()),
    });
    const codes: unknown[] = [];
    const story = async (): Promise<void> => {
      const stream = await network.connect(listener.host, listener.port);
      stream.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
      await new Promise((resolve) => stream.once('close', resolve));
      await network.connect('nobody.test', 1).catch((error: NodeJS.ErrnoException) => {
        codes.push(error.code);
      });
    };
    const done = story();
    await clock.run(10_000_000);
    await done;
    expect(codes).toEqual(['ECONNRESET', 'ECONNREFUSED']);
  });
});
