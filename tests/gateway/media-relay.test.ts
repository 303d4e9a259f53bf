import { expect, test } from 'vitest';
import { createMediaRelay } from '../../simulators/gateway/api/media-relay.ts';
import type { FetchedMedium } from '../../simulators/gateway/api/media-relay.ts';
import type { OutboundRequest, OutboundResult } from '../../simulators/network/wire.ts';
import { stage } from '../device/stage.ts';

const DAY = 86_400 * 1_000_000;
const facts = { wire: 'rbm:1', channel: 'rcs', person: 'ana', message: undefined } as const;

function relay(results: Readonly<Record<string, OutboundResult>>, cacheMicros = 0) {
  const { context, clock } = stage([]);
  const asked: string[] = [];
  const made = createMediaRelay({
    ambient: context.ambient,
    component: 'gateway/rbm',
    request: ({ url }: OutboundRequest, told) => {
      asked.push(url);
      clock.after(1_000, () =>
        told(results[url] ?? { kind: 'failure', reason: 'ENOTFOUND', handed: false }),
      );
    },
    tap: context.linkTap,
    webhook: () => ({ url: 'http://127.0.0.1:1/hooks', clientToken: '' }),
    cacheMicros,
  });
  const fetch = async (...urls: readonly string[]): Promise<readonly FetchedMedium[]> => {
    const got: (readonly FetchedMedium[])[] = [];
    made.fetch(
      urls.map((url) => ({ url })),
      facts,
      (all) => got.push(all),
    );
    await clock.run(clock.now() + 10_000);
    return got[0] ?? [];
  };
  const wait = (micros: number) => clock.run(clock.now() + micros);
  return { made, asked, fetch, wait };
}

const answer = (status: number, headers: Record<string, string> = {}): OutboundResult => ({
  kind: 'answer',
  response: { status, headers, body: 'x' },
});
const PNG = { 'content-type': 'image/png; charset=binary' };

test('several come in their order, whatever becomes of each', async () => {
  const { fetch } = relay({
    'http://127.0.0.1/a': answer(200, PNG),
    'http://127.0.0.1/b': answer(410),
    'http://127.0.0.1/c': answer(302, { location: 'http://127.0.0.1/a' }),
    'http://127.0.0.1/d': answer(200),
    'http://127.0.0.1/e': answer(429),
  });
  const all = await fetch(
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `http://127.0.0.1/${name}`),
    'https://files.example/a',
  );
  expect(all.map(({ outcome }) => outcome)).toEqual([
    'content',
    'missing',
    'refused',
    'untyped',
    'broken',
    'broken',
    'elsewhere',
  ]);
  expect(all[0]?.content?.type).toBe('image/png');
});

test('what is kept is asked for again once its time is over', async () => {
  const url = 'http://127.0.0.1/a';
  const { fetch, asked, wait } = relay({ [url]: answer(200, PNG) }, 60 * DAY);
  await fetch(url);
  await wait(59 * DAY);
  expect((await fetch(url))[0]?.outcome).toBe('cached');
  await wait(2 * DAY);
  expect((await fetch(url))[0]?.outcome).toBe('content');
  expect(asked).toHaveLength(2);
});

test('copies are at addresses of their own, and nowhere else', async () => {
  const { made, fetch } = relay({ 'http://127.0.0.1/a': answer(200, PNG) });
  made.servedAt('http://content.test');
  const [copy] = made.copiesOf(await fetch('http://127.0.0.1/a', 'http://127.0.0.1/none'));
  const get = (path: string, method = 'GET') =>
    made.content.handle({ method, path, query: '', headers: {}, body: new Uint8Array() } as never);
  const path = new URL(copy!.url).pathname;
  expect(get(path)).toMatchObject({ response: { status: 200, body: Buffer.from('x') } });
  expect(get('/content/another')).toMatchObject({ response: { status: 404 } });
  expect(get(path, 'POST')).toMatchObject({ response: { status: 404 } });
});
