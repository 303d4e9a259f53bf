import { describe, expect, test } from 'vitest';
import { DISCLOSURE, startBench, TOKEN } from './bench.ts';
import type { Bench, BenchOptions, Called, Said } from './bench.ts';

const ANA = '+999000000001';
const TEXT = 'Your card was used in Lyon. BWXCANARY123';

/** An RBM gateway that answers everything well; `others` answers first. */
function rbm(
  others: (called: Called) => Said | undefined = () => undefined,
): BenchOptions['answer'] {
  return (called) => {
    const said = others(called);
    if (said !== undefined) return said;
    if (called.url.pathname.endsWith('/capabilities')) {
      return { status: 200, body: { features: ['RICHCARD_STANDALONE'] } };
    }
    return { status: 200, body: {} };
  };
}

const sends = (bench: Bench): Called[] =>
  bench.calls.filter(
    ({ method, url }) => method === 'POST' && url.pathname.endsWith('agentMessages'),
  );
const revokes = (bench: Bench): Called[] => bench.calls.filter(({ method }) => method === 'DELETE');
const wireOf = (called: Called | undefined): string =>
  called?.url.searchParams.get('messageId') ?? '';
const textOf = (called: Called | undefined): string =>
  (JSON.parse(called?.body ?? '{}') as { contentMessage: { text: string } }).contentMessage.text;

async function withAna(options: BenchOptions): Promise<Bench> {
  const bench = await startBench(options);
  await bench.ask('PUT', '/v1/users/ana', { msisdn: ANA, signInCode: '123456' });
  return bench;
}

async function send(bench: Bench, sensitivity = 'low', key?: string): Promise<string> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const body = { to: ANA, text: TEXT, sensitivity, kind: 'alert' };
  const answer = await bench.ask('POST', '/v1/messages', body, headers);
  return String(answer.json()['messageId']);
}

const statusOf = async (bench: Bench, id: string): Promise<Record<string, unknown>> =>
  (await bench.ask('GET', `/v1/messages/${id}`)).json();

describe('the send API', () => {
  test('the same key with the same body is the same message, with another body 422', async () => {
    const bench = await withAna({ answer: rbm() });
    const first = await send(bench, 'low', 'k1');
    expect(await send(bench, 'low', 'k1')).toBe(first);
    const other = { to: ANA, text: 'other', sensitivity: 'low', kind: 'alert' };
    const refused = await bench.ask('POST', '/v1/messages', other, { 'idempotency-key': 'k1' });
    expect(refused.status).toBe(422);
    await bench.run(5_000);
    expect(sends(bench)).toHaveLength(1);
  });

  test('an unknown recipient and an unknown operation are 404', async () => {
    const bench = await withAna({ answer: rbm() });
    const body = { to: '+999000000009', text: 'x', sensitivity: 'low' };
    expect((await bench.ask('POST', '/v1/messages', body)).status).toBe(404);
    expect((await bench.ask('POST', '/v1/nothing', {})).status).toBe(404);
  });

  test('status is told with evidence only and never goes backwards', async () => {
    const bench = await withAna({ answer: rbm() });
    const id = await send(bench);
    await bench.run(1_000);
    expect(await statusOf(bench, id)).toMatchObject({ status: 'sent', channel: 'rcs' });
    const messageId = wireOf(sends(bench)[0]);
    await bench.tell({ senderPhoneNumber: ANA, eventType: 'READ', messageId });
    await bench.tell({ senderPhoneNumber: ANA, eventType: 'DELIVERED', messageId });
    expect(await statusOf(bench, id)).toMatchObject({ status: 'read', encrypted: false });
  });
});

describe('falling back', () => {
  test('a silent phone: revoked when its time is over, before the link leaves', async () => {
    const bench = await withAna({ answer: rbm() });
    await send(bench);
    await bench.run(14_900);
    expect(revokes(bench)).toHaveLength(0);
    await bench.run(1_000);
    expect(revokes(bench)).toHaveLength(1);
    const [first, link] = sends(bench);
    expect(textOf(first)).toBe(TEXT);
    expect(textOf(link)).toMatch(/https:\/\/notify\.example\/l\/[-\w]{36}$/);
    expect(revokes(bench)[0]!.atMs).toBeLessThan(link!.atMs);
    expect(revokes(bench)[0]!.url.pathname).toContain(wireOf(first));
  });

  test('high sensitivity never travels readable', async () => {
    const bench = await withAna({ answer: rbm() });
    await send(bench, 'high');
    await bench.run(60_000);
    expect(sends(bench).length).toBeGreaterThan(0);
    for (const called of bench.calls) expect(called.body).not.toContain('BWXCANARY123');
  });

  test('medium sensitivity on rcs carries the disclosure', async () => {
    const bench = await withAna({ answer: rbm() });
    await send(bench, 'medium');
    await bench.run(1_000);
    expect(textOf(sends(bench)[0])).toBe(`${TEXT} ${DISCLOSURE}`);
  });

  test('delivered while it was being revoked: nothing more is sent', async () => {
    const slow = rbm(({ method }) => (method === 'DELETE' ? null : undefined));
    const bench = await withAna({ answer: slow });
    await send(bench);
    await bench.run(15_500);
    expect(revokes(bench)).toHaveLength(1);
    const messageId = wireOf(sends(bench)[0]);
    await bench.tell({ senderPhoneNumber: ANA, eventType: 'DELIVERED', messageId });
    await bench.run(60_000);
    expect(sends(bench)).toHaveLength(1);
  });

  test('when no way is left the caller is told', async () => {
    const gone = rbm((called) =>
      called.url.pathname.endsWith('/capabilities') ? { status: 404, body: {} } : undefined,
    );
    const bench = await withAna({ answer: gone });
    const id = await send(bench);
    await bench.run(1_000);
    expect(await statusOf(bench, id)).toMatchObject({ status: 'failed' });
    expect(sends(bench)).toHaveLength(0);
  });
});

describe('a gateway in trouble', () => {
  test('an unanswered send is repeated once under the same messageId', async () => {
    let first = true;
    const bench = await withAna({
      answer: rbm(({ method, url }) => {
        if (method !== 'POST' || !url.pathname.endsWith('agentMessages') || !first)
          return undefined;
        first = false;
        return new Error('ECONNRESET');
      }),
    });
    await send(bench);
    await bench.run(5_000);
    expect(sends(bench).map(wireOf)).toHaveLength(2);
    expect(new Set(sends(bench).map(wireOf)).size).toBe(1);
  });

  test('after a 503 it is left alone for as long as it asked', async () => {
    let broken = true;
    const bench = await withAna({
      answer: rbm(({ method }) =>
        broken && method === 'POST'
          ? { status: 503, body: {}, headers: { 'retry-after': '30' } }
          : undefined,
      ),
    });
    await send(bench);
    await bench.run(1_000);
    broken = false;
    await send(bench);
    await bench.run(28_000);
    expect(sends(bench)).toHaveLength(1);
    await bench.run(5_000);
    expect(sends(bench)).toHaveLength(3);
  });

  test('a 429 is obeyed to the second', async () => {
    let throttled = true;
    const bench = await withAna({
      answer: rbm(({ method }) => {
        if (method !== 'POST' || !throttled) return undefined;
        throttled = false;
        return { status: 429, body: {}, headers: { 'retry-after': '1' } };
      }),
    });
    await send(bench);
    await bench.run(5_000);
    const [refused, repeated] = sends(bench);
    expect(wireOf(repeated)).toBe(wireOf(refused));
    expect(repeated!.atMs - refused!.atMs).toBeGreaterThanOrEqual(1_000);
  });

  test('capabilities are asked once and kept', async () => {
    const bench = await withAna({ answer: rbm() });
    await Promise.all([send(bench), send(bench), send(bench)]);
    await bench.run(5_000);
    const asked = bench.calls.filter(({ url }) => url.pathname.endsWith('/capabilities'));
    expect(asked).toHaveLength(1);
  });
});

describe('a kill', () => {
  test('in the middle of a send: it goes on under the same messageId', async () => {
    let answering = false;
    const bench = await withAna({
      answer: rbm(({ method }) => (method === 'POST' && !answering ? null : undefined)),
    });
    const id = await send(bench, 'low', 'k');
    await bench.run(100);
    answering = true;
    await bench.kill();
    expect(await send(bench, 'low', 'k')).toBe(id);
    await bench.run(1_000);
    expect(new Set(sends(bench).map(wireOf)).size).toBe(1);
    expect(await statusOf(bench, id)).toMatchObject({ status: 'sent' });
  });

  test('what is stored and logged is never readable', async () => {
    const bench = await withAna({ answer: rbm() });
    await send(bench, 'high');
    await send(bench, 'low');
    await bench.run(120_000);
    const stored = JSON.stringify([...bench.values]) + bench.logs.join('\n');
    expect(stored).not.toContain('BWXCANARY123');
    expect(stored).not.toContain(Buffer.from(TEXT).toString('base64').slice(4, 24));
  });
});

describe('the webhook', () => {
  test('the handshake answers the bare secret to our own token only', async () => {
    const bench = await withAna({ answer: rbm() });
    const right = await bench.ask('POST', '/webhooks/rbm', { clientToken: TOKEN, secret: 's3' });
    expect([right.status, right.text]).toEqual([200, 's3']);
    const wrong = await bench.ask('POST', '/webhooks/rbm', { clientToken: 'other', secret: 's3' });
    expect(wrong.status).toBe(403);
  });

  test('unsigned, forged and old notifications change nothing', async () => {
    const bench = await withAna({ answer: rbm() });
    const id = await send(bench);
    await bench.run(1_000);
    const event = { senderPhoneNumber: ANA, eventType: 'READ', messageId: wireOf(sends(bench)[0]) };
    const data = Buffer.from(JSON.stringify(event)).toString('base64');
    const body = { message: { data, messageId: 'x' } };
    expect((await bench.ask('POST', '/webhooks/rbm', body)).status).toBe(403);
    const forged = { 'x-goog-signature': Buffer.alloc(64).toString('base64') };
    expect((await bench.ask('POST', '/webhooks/rbm', body, forged)).status).toBe(403);
    const old = { ...event, sendTime: '2025-12-01T00:00:00Z' };
    expect((await bench.tell(old)).status).toBe(403);
    expect(await statusOf(bench, id)).toMatchObject({ status: 'sent' });
  });
});

describe('a secure link', () => {
  async function linked(): Promise<{ bench: Bench; id: string; path: string }> {
    const bench = await withAna({ answer: rbm() });
    const id = await send(bench, 'high');
    await bench.run(1_000);
    const path = new URL(textOf(sends(bench)[0]).split(' ').at(-1)!).pathname;
    return { bench, id, path };
  }

  test('shows nothing before sign-in and is kept by nobody', async () => {
    const { bench, path } = await linked();
    const page = await bench.ask('GET', path);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('BWXCANARY123');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
  });

  test('opens with the right code, once, and that is a read', async () => {
    const { bench, id, path } = await linked();
    expect((await bench.ask('POST', path, 'code=000000')).text).not.toContain('BWXCANARY123');
    const signedIn = await bench.ask('POST', path, 'code=123456');
    expect(signedIn.status).toBe(303);
    const cookie = signedIn.headers['set-cookie']!.split(';')[0]!;
    expect((await bench.ask('GET', path, undefined, { cookie })).text).toContain('BWXCANARY123');
    expect(await statusOf(bench, id)).toMatchObject({ status: 'read', channel: 'secure-link' });
    expect((await bench.ask('POST', path, 'code=123456')).status).toBe(403);
  });

  test('closes after five wrong codes', async () => {
    const { bench, path } = await linked();
    for (let n = 0; n < 5; n++) await bench.ask('POST', path, 'code=000000');
    expect((await bench.ask('POST', path, 'code=123456')).status).toBe(403);
  });

  test('that its carrier message arrived does not make the content delivered', async () => {
    const { bench, id } = await linked();
    const messageId = wireOf(sends(bench)[0]);
    await bench.tell({ senderPhoneNumber: ANA, eventType: 'DELIVERED', messageId });
    expect(await statusOf(bench, id)).toMatchObject({ status: 'sent' });
  });
});
