/** `@parse/node-apn`, unmodified, over HTTP/2 and TLS: what it asks, and makes of answers. */
import { generateKeyPairSync } from 'node:crypto';
import apn from '@parse/node-apn';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import type { ApnsOptions } from '../../simulators/push/apns.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'ab'.repeat(32);
const GONE = 'cd'.repeat(32);
const ID = '11111111-2222-4333-8444-555555555555';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Failure {
  readonly device: string;
  readonly status?: number;
  readonly response?: { readonly reason: string; readonly timestamp?: number };
  readonly error?: Error;
}

async function serve(over: Partial<ApnsOptions> = {}) {
  const clock = createWallClock();
  const world = pushWorld(clock, 'push/apns', [TOKEN, GONE]);
  const { ambient, conditions, tap, phones } = world;
  const apns = createApns({ ambient, conditions, tap, handsets: phones, ...over });
  const network = createSocketNetwork({ clock });
  const listener = await network.listenHttp('apns', apns.door, { http2: true });
  closing.push(
    () => clock.stop(),
    () => network.close(),
  );
  const provider = (change: { key?: string; keyId?: string; teamId?: string } = {}) => {
    const { keyId, teamId, privateKeyPem: key } = apns.credentials;
    // The package's types lack `ca` and the ways in which it is pointed at another address.
    const options = {
      token: { key, keyId, teamId, ...change },
      address: listener.host,
      port: listener.port,
      ca: [network.caPem!],
    } as apn.ProviderOptions;
    const made = new apn.Provider(options);
    closing.push(() => made.shutdown());
    return made;
  };
  const note = (change: Readonly<Record<string, unknown>> = {}) => {
    const made = new apn.Notification();
    made.topic = apns.credentials.topic;
    made.pushType = 'alert';
    made.alert = 'New message';
    return Object.assign(made, change);
  };
  const arm = (verb: string, params: Record<string, unknown> = {}): (() => void) =>
    apns.target.verbs[verb]!({
      params,
      ledger: { fault: verb, hits: () => true, touched: () => {} },
    });
  const sent = async (
    from: apn.Provider,
    what: apn.Notification,
    to: string | string[] = TOKEN,
  ) => {
    const result = await from.send(what, to);
    return {
      sent: result.sent.map(({ device }) => device),
      failed: result.failed as unknown as Failure[],
    };
  };
  /** Status and reason, wherever the package puts them. */
  const refusal = async (from: apn.Provider, what: apn.Notification, to = TOKEN) => {
    const { failed } = await sent(from, what, to);
    return [failed[0]?.status, failed[0]?.response?.reason ?? failed[0]?.error?.message];
  };
  return { apns, world, phones, clock, provider, note, arm, sent, refusal };
}

describe('@parse/node-apn', () => {
  it('sends alerts, silent and collapsing pushes, to one phone and to many', async () => {
    const { provider, note, sent, phones, world } = await serve();
    const from = provider();
    expect(await sent(from, note({ id: ID, collapseId: 'inbox', expiry: 4_000_000_000 }))).toEqual({
      sent: [TOKEN],
      failed: [],
    });
    const silent = note({
      pushType: 'background',
      priority: 5,
      alert: undefined,
      contentAvailable: true,
    });
    expect((await sent(from, silent, [TOKEN, GONE])).sent.toSorted()).toEqual([TOKEN, GONE]);
    await expect.poll(() => phones.get(TOKEN)!.received).toHaveLength(2);
    const arrived = phones.get(TOKEN)!.received.toSorted((a, b) => a.kind.localeCompare(b.kind));
    expect(arrived).toMatchObject([
      { wire: `apns:${ID}`, kind: 'alert', priority: 'high', collapseId: 'inbox' },
      { kind: 'background', priority: 'normal' },
    ]);
    expect(world.requests().map(({ push }) => push)).toMatchObject([
      { type: 'alert', asks: 'visible', priority: 'high', token: 'abababab' },
      { type: 'background', asks: 'silent', priority: 'normal' },
      { type: 'background', asks: 'silent', token: 'cdcdcdcd' },
    ]);
  });

  it.each([
    ['a bad id', { id: '17' }, 400, 'BadMessageId'],
    ['no topic', { topic: undefined }, 400, 'MissingTopic'],
    ['a malformed topic', { topic: 'no topic!' }, 400, 'BadTopic'],
    ['another app’s topic', { topic: 'com.other' }, 400, 'TopicDisallowed'],
    ['the topic of another type', { pushType: 'voip' }, 400, 'TopicDisallowed'],
    ['a bad priority', { priority: 7 }, 400, 'BadPriority'],
    ['a silent push at 10', { pushType: 'background', contentAvailable: true }, 400, 'BadPriority'],
    ['a bad type', { pushType: 'loud' }, 400, 'InvalidPushType'],
    ['a long collapse id', { collapseId: 'é'.repeat(33) }, 400, 'BadCollapseId'],
    ['a bad expiration', { expiry: 1.5 }, 400, 'BadExpirationDate'],
    ['nothing to send', { alert: undefined }, 400, 'PayloadEmpty'],
    ['too much', { payload: { pad: 'x'.repeat(4_100) } }, 413, 'PayloadTooLarge'],
  ])('is told why: %s', async (_, change, status, reason) => {
    const { provider, note, refusal, phones } = await serve();
    expect(await refusal(provider(), note(change))).toEqual([status, reason]);
    expect(phones.get(TOKEN)!.received).toEqual([]);
  });

  it('may send VoIP pushes of 5 120 bytes, to tokens that are for them', async () => {
    const { apns, provider, note, refusal } = await serve();
    const topic = `${apns.credentials.topic}.voip`;
    const call = (bytes: number) =>
      note({ pushType: 'voip', topic, alert: undefined, payload: { pad: 'x'.repeat(bytes - 10) } });
    expect(await refusal(provider(), call(5_120))).toEqual([400, 'DeviceTokenNotForTopic']);
    expect(await refusal(provider(), call(5_121))).toEqual([413, 'PayloadTooLarge']);
  });

  it('is told which tokens are unknown, and since when one is gone', async () => {
    const { provider, note, sent, refusal, phones } = await serve();
    const from = provider();
    expect(await refusal(from, note(), 'zz')).toEqual([400, 'BadDeviceToken']);
    expect(await refusal(from, note(), 'ef'.repeat(32))).toEqual([400, 'BadDeviceToken']);
    phones.get(GONE)!.become('unregistered');
    const before = Date.now();
    const { failed } = await sent(from, note(), GONE);
    expect(failed).toMatchObject([{ device: GONE, status: 410 }]);
    const { reason, timestamp } = failed[0]!.response!;
    expect(reason).toBe('Unregistered');
    expect(timestamp).toBeGreaterThanOrEqual(before);
  });

  it('is refused with another team, another key id, another key', async () => {
    const { provider, note, refusal } = await serve();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const change of [{ teamId: 'OTHERTEAM1' }, { keyId: 'OTHERKEY01' }, { key }]) {
      expect(await refusal(provider(change), note())).toEqual([403, 'InvalidProviderToken']);
    }
  });

  it('signs anew when its token has expired, on the same connection', async () => {
    const { provider, note, sent, arm, clock, world } = await serve();
    const from = provider();
    expect((await sent(from, note())).sent).toEqual([TOKEN]);
    const second = Math.floor(clock.epochMillis() / 1_000);
    await expect
      .poll(() => Math.floor(clock.epochMillis() / 1_000), { timeout: 5_000 })
      .toBeGreaterThan(second);
    arm('expired-provider-token');
    expect((await sent(from, note())).sent).toEqual([TOKEN]);
    expect(world.answers().map(({ status }) => status)).toEqual([
      '200 OK',
      '403 ExpiredProviderToken',
      '200 OK',
    ]);
  });

  it('repeats what was refused for the moment, three times and without the pause', async () => {
    const { provider, note, refusal, arm, world } = await serve();
    const from = provider();
    const lifts = [
      ['throttle', { to: 0 }, 429, 'TooManyRequests'],
      ['outage', { mode: 'error', status: 503 }, 503, 'ServiceUnavailable'],
    ] as const;
    for (const [verb, params, status, reason] of lifts) {
      const before = world.requests().length;
      const lift = arm(verb, params);
      expect(await refusal(from, note())).toEqual([status, reason]);
      expect(world.requests().length - before).toBe(4);
      lift();
    }
  });

  it('repeats a 500 as well, and connects anew afterwards', async () => {
    const { provider, note, refusal, sent, arm, world } = await serve();
    const from = provider();
    const lift = arm('outage', { mode: 'error', status: 500 });
    expect(await refusal(from, note())).toEqual([500, 'Error 500, stream ended unexpectedly']);
    expect(world.requests()).toHaveLength(4);
    lift();
    expect((await sent(from, note())).sent).toEqual([TOKEN]);
  });

  it('hears GOAWAY when the servers shut down, and comes back on a new connection', async () => {
    const { provider, note, sent, arm, world } = await serve();
    const from = provider();
    const lift = arm('shutdown');
    expect((await sent(from, note())).failed).toHaveLength(1);
    expect(world.answers()[0]).toMatchObject({ status: '503 Shutdown', outcome: 'failed' });
    lift();
    const { client } = from as unknown as { client: { session: { closed: boolean } } };
    await expect.poll(() => client.session.closed).toBe(true);
    expect((await sent(from, note())).sent).toEqual([TOKEN]);
  });

  it('reports what a broken connection cut off, and connects anew', async () => {
    const { provider, note, sent, arm } = await serve();
    const from = provider();
    expect((await sent(from, note())).sent).toEqual([TOKEN]);
    const lift = arm('outage', { mode: 'reset' });
    expect((await sent(from, note())).failed).toMatchObject([{ device: TOKEN }]);
    lift();
    await expect.poll(async () => (await sent(from, note())).sent).toEqual([TOKEN]);
  });

  it('sends one phone no more than its share', async () => {
    const { provider, note, sent, phones } = await serve({
      perDevice: { perMinute: 3, perHour: 9 },
    });
    const from = provider();
    for (let count = 0; count < 3; count++) {
      expect((await sent(from, note())).failed).toEqual([]);
    }
    const { failed } = await sent(from, note());
    expect(failed).toMatchObject([{ status: 429, response: { reason: 'TooManyRequests' } }]);
    expect((await sent(from, note(), GONE)).sent).toEqual([GONE]);
    await expect.poll(() => phones.get(TOKEN)!.received).toHaveLength(3);
  });

  it('finds no broadcast channels: the path is unknown, and the history says so', async () => {
    const { apns, provider, note, world } = await serve();
    const { topic } = apns.credentials;
    const result = await provider().broadcast(note({ pushType: 'liveactivity' }), topic);
    expect(result.failed).toMatchObject([{ status: 404, response: { reason: 'BadPath' } }]);
    expect(world.requests()).toMatchObject([
      { operation: 'unexpected', what: `POST /4/broadcasts/apps/${topic}` },
    ]);
  });
});
