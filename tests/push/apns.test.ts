import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../simulators/network/wire.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'ab'.repeat(32);
const ID = '11111111-2222-4333-8444-555555555555';
const PAYLOAD = '{"aps":{"alert":"New message","mutable-content":1},"messageId":"impl-9"}';
const YEAR_MICROS = 31_536_000_000_000;

function bench() {
  const clock = createVirtualClock();
  const world = pushWorld(clock, 'push/apns', [TOKEN]);
  const { ambient, conditions, tap, phones } = world;
  const apns = createApns({ ambient, conditions, tap, handsets: phones });
  apns.identifyBy('/messageId');
  const sign = createEs256Signer(apns.credentials.privateKeyPem);
  const { keyId, teamId, topic } = apns.credentials;
  const bearer = (ageSeconds = 0, iss = teamId, kid = keyId): string =>
    `bearer ${sign({ iss, iat: Math.floor(clock.epochMillis() / 1000) - ageSeconds }, { kid })}`;
  const post = async (
    change: Record<string, string | undefined> = {},
    body = PAYLOAD,
    token = TOKEN,
    method = 'POST',
    path = `/3/device/${token}`,
  ) => {
    const headers: Record<string, string> = {
      authorization: bearer(),
      'apns-topic': topic,
      'apns-push-type': 'alert',
      'apns-id': ID,
    };
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    }
    const answer = apns.door.handle({ method, path, query: '', headers, body: Buffer.from(body) });
    await clock.run(clock.now() + 60_000_000);
    const exchange: Exchange = await answer;
    if (exchange.kind !== 'answer') return { kind: exchange.kind };
    const { status, headers: told, body: text } = exchange.response;
    const parsed = text === '' ? {} : (JSON.parse(String(text)) as Record<string, unknown>);
    return { status, ...told, ...parsed };
  };
  return { clock, world, apns, bearer, post, phone: phones.get(TOKEN)!, topic };
}

describe('APNs', () => {
  it('brings an alert to the phone and leaves the whole story in the history', async () => {
    const { world, post, phone } = bench();
    expect(await post()).toEqual({ status: 200, 'apns-id': ID });
    expect(phone.received).toEqual([
      {
        wire: `apns:${ID}`,
        provider: 'apns',
        kind: 'alert',
        priority: 'high',
        mutable: true,
        payload: JSON.parse(PAYLOAD) as unknown,
      },
    ]);
    expect(world.kinds()).toEqual(['door.request', 'tap.scanned', 'door.answered', 'carried']);
    expect(world.requests()[0]).toMatchObject({
      component: 'push/apns',
      operation: 'send',
      channel: 'app-push',
      person: 'ana',
      device: 'person/ana/device/1',
      wire: `apns:${ID}`,
      echoed: 'impl-9',
    });
    expect(world.events[1]).toMatchObject({ cause: 1, observer: 'push', where: 'push/apns' });
    expect(world.answers()[0]).toMatchObject({ request: 1, outcome: 'accepted', handedAt: 0 });
  });

  it('names the planned message only when its canary stands open in the payload', async () => {
    const { world, post } = bench();
    await post({}, JSON.stringify({ aps: { alert: `Code ${world.canary}` } }));
    expect(world.requests()[0]).toMatchObject({ message: 'alerts-1' });
    await post({ 'apns-collapse-id': world.canary });
    expect(world.requests()[1]).toMatchObject({ message: 'alerts-1' });
  });

  it.each([
    ['no token', { authorization: undefined }, 403, 'MissingProviderToken'],
    ['garbage', { authorization: 'bearer a.b.c' }, 403, 'InvalidProviderToken'],
    ['no topic', { 'apns-topic': undefined }, 400, 'MissingTopic'],
    ['a malformed topic', { 'apns-topic': 'no topic!' }, 400, 'BadTopic'],
    ['another topic', { 'apns-topic': 'com.other' }, 400, 'TopicDisallowed'],
    ['a doubled topic', { 'apns-topic': 'a, a' }, 400, 'DuplicateHeaders'],
    ['a bad id', { 'apns-id': '17' }, 400, 'BadMessageId'],
    ['a bad expiration', { 'apns-expiration': 'soon' }, 400, 'BadExpirationDate'],
    ['a bad priority', { 'apns-priority': '7' }, 400, 'BadPriority'],
    ['a bad type', { 'apns-push-type': 'loud' }, 400, 'InvalidPushType'],
    ['a long collapse id', { 'apns-collapse-id': 'x'.repeat(65) }, 400, 'BadCollapseId'],
    [
      'a background push at priority 10',
      { 'apns-push-type': 'background', 'apns-priority': '10' },
      400,
      'BadPriority',
    ],
  ])('refuses %s', async (_, change, status, reason) => {
    const { post, phone, world } = bench();
    expect(await post(change)).toMatchObject({ status, reason });
    expect(phone.received).toEqual([]);
    expect(world.answers()[0]).toMatchObject({ status: `${status} ${reason}` });
  });

  it('refuses provider tokens that are foreign, too old, of the future, too many', async () => {
    const { post, bearer, clock } = bench();
    const reasonOf = async (authorization: string) => (await post({ authorization })) as unknown;
    const refused = (status: number, reason: string) =>
      expect.objectContaining({ status, reason }) as unknown;
    expect(await reasonOf(bearer(0, 'OTHERTEAM1'))).toEqual(refused(403, 'InvalidProviderToken'));
    expect(await reasonOf(bearer(0, undefined, 'OTHER'))).toEqual(
      refused(403, 'InvalidProviderToken'),
    );
    expect(await reasonOf(bearer(3_700))).toEqual(refused(403, 'ExpiredProviderToken'));
    expect(await reasonOf(bearer(-3_700))).toEqual(refused(403, 'InvalidProviderToken'));
    const good = bearer(3_000);
    expect(await reasonOf(good)).toMatchObject({ status: 200 });
    await clock.run(clock.now() + 900_000_000);
    expect(await reasonOf(good)).toEqual(refused(403, 'ExpiredProviderToken'));
    const outcomes = [];
    for (let count = 0; count < 6; count++) outcomes.push(await reasonOf(bearer()));
    expect(outcomes.at(-1)).toEqual(refused(429, 'TooManyProviderTokenUpdates'));
  });

  it('refuses payloads that are empty or too large, unknown tokens, paths, methods', async () => {
    const { post, world } = bench();
    expect(await post({}, '')).toMatchObject({ status: 400, reason: 'PayloadEmpty' });
    expect(await post({}, `{"a":"${'x'.repeat(4_089)}"}`)).toMatchObject({
      status: 413,
      reason: 'PayloadTooLarge',
    });
    expect(await post({}, `{"a":"${'x'.repeat(4_088)}"}`)).toMatchObject({ status: 200 });
    expect(await post({}, PAYLOAD, 'zz')).toMatchObject({ status: 400, reason: 'BadDeviceToken' });
    expect(await post({}, PAYLOAD, 'cd'.repeat(32))).toMatchObject({ reason: 'BadDeviceToken' });
    expect(await post({}, PAYLOAD, '')).toMatchObject({ reason: 'MissingDeviceToken' });
    expect(await post({}, '', TOKEN, 'GET')).toMatchObject({
      status: 405,
      reason: 'MethodNotAllowed',
    });
    expect(await post({}, '', TOKEN, 'POST', '/4/device')).toMatchObject({
      status: 404,
      reason: 'BadPath',
    });
    expect(
      world
        .requests()
        .slice(-2)
        .map((event) => event.operation),
    ).toEqual(['unexpected', 'unexpected']);
  });

  it('answers 410 with the milliseconds since when: the device is gone for a year', async () => {
    const { post, phone, world, clock } = bench();
    phone.become('unregistered');
    const since = clock.epochMillis();
    const gone = { status: 410, reason: 'Unregistered', timestamp: since };
    expect(await post()).toMatchObject(gone);
    expect(await post()).toMatchObject(gone);
    expect(world.answers()[0]).toMatchObject({
      outcome: 'unavailable',
      meaning: [
        {
          channels: ['app-push'],
          scope: { device: 'person/ana/device/1' },
          says: 'unavailable',
          holds: YEAR_MICROS,
        },
      ],
    });
  });

  it('keeps the latest push for an offline phone until it is back or expired', async () => {
    const { post, phone, world, clock, apns } = bench();
    phone.become('offline');
    await post({ 'apns-id': ID });
    await post({ 'apns-id': ID.replaceAll('1', 'a') });
    expect(world.kinds().filter((kind) => kind === 'stored' || kind === 'lost')).toEqual([
      'stored',
      'lost',
      'stored',
    ]);
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received.map((push) => push.wire)).toEqual([`apns:${ID.replaceAll('1', 'a')}`]);
    phone.become('offline');
    const later = Math.floor(clock.epochMillis() / 1000) + 150;
    await post({ 'apns-expiration': String(later) });
    // What waits for an absent phone is at rest: it does not keep the world from being done.
    expect(clock.pending).toBe(0);
    expect(apns.unfinished()).toEqual([]);
    await post({ 'apns-expiration': '0' });
    await clock.run(clock.now() + 120_000_000);
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received).toHaveLength(1);
    expect(world.kinds().filter((kind) => kind === 'expired')).toHaveLength(2);
  });

  it('loses a push whose token is taken back while it is under way', async () => {
    const { post, phone, world, apns, clock } = bench();
    clock.after(10_000, () => {
      expect(apns.unfinished()).toEqual([`push apns:${ID}`]);
      phone.become('unregistered');
    });
    await post();
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received).toEqual([]);
    expect(world.kinds()).toEqual(['door.request', 'tap.scanned', 'door.answered', 'lost']);
    expect(apns.unfinished()).toEqual([]);
  });

  it('gives a repeated apns-id a wire of its own', async () => {
    const { post, world } = bench();
    await post();
    await post();
    expect(world.requests().map((event) => event.wire)).toEqual([`apns:${ID}`, `apns:${ID}#2`]);
  });

  it('is throttled, broken, silent or reset as faults ask, and says what that means', async () => {
    const { post, world, phone } = bench();
    let lift = world.arm('throttle', { to: 0, 'retry-after': 2_500_000 });
    expect(await post()).toMatchObject({
      status: 429,
      reason: 'TooManyRequests',
      'retry-after': '3',
    });
    lift();
    lift = world.arm('outage', { mode: 'error', status: 503 });
    expect(await post()).toMatchObject({ status: 503, reason: 'ServiceUnavailable' });
    lift();
    lift = world.arm('outage', { mode: 'error', status: 500 });
    expect(await post()).toMatchObject({ status: 500, reason: 'InternalServerError' });
    lift();
    lift = world.arm('outage', { mode: 'black-hole' });
    expect(await post()).toEqual({ kind: 'silence' });
    lift();
    lift = world.arm('outage', { mode: 'reset' });
    expect(await post()).toEqual({ kind: 'reset' });
    lift();
    expect(phone.received).toEqual([]);
    lift = world.arm('accept-then-drop-answer');
    expect(await post()).toEqual({ kind: 'reset' });
    expect(phone.received).toHaveLength(1);
    lift();
    lift = world.arm('answer-then-lose');
    expect(await post()).toMatchObject({ status: 200 });
    expect(phone.received).toHaveLength(1);
    lift();
    lift = world.arm('latency', { delay: 5_000_000 });
    expect(await post()).toMatchObject({ status: 200 });
    lift();
    const busy = (holds: number) => [
      { channels: ['app-push'], scope: { component: 'push/apns' }, says: 'busy', holds },
    ];
    expect(
      world
        .answers()
        .map(({ outcome, meaning, handedAt }) => [outcome, meaning, handedAt !== null]),
    ).toEqual([
      ['throttled', busy(2_500_000), true],
      ['failed', busy(60_000_000), true],
      ['failed', busy(60_000_000), true],
      ['silence', undefined, false],
      ['reset', busy(60_000_000), true],
      ['answer-lost', undefined, false],
      ['accepted', undefined, true],
      ['accepted', undefined, true],
    ]);
    expect(world.kinds()).toContain('lost');
  });

  it('records a refused connection', () => {
    const { apns, world } = bench();
    world.arm('outage', { mode: 'refuse' });
    expect(apns.door.accepts()).toBe(false);
    expect(world.requests()[0]).toMatchObject({ operation: 'connect' });
    expect(world.answers()[0]).toMatchObject({ outcome: 'refused-connection' });
  });

  it('writes the same history twice, through the network in memory', async () => {
    const run = async (): Promise<string> => {
      const { clock, world, apns, bearer, topic } = bench();
      const network = createMemoryNetwork({ clock });
      const listener = await network.listenHttp('apns', apns.door, { http2: true });
      const fetch = network.fetchAs();
      world.arm('latency', { delay: { mean: 30_000 } });
      for (let count = 0; count < 40; count++) {
        clock.after(count * 10_000, () => {
          const headers = { authorization: bearer(), 'apns-topic': topic };
          void fetch(`${listener.url}/3/device/${TOKEN}`, {
            method: 'POST',
            headers,
            body: PAYLOAD,
          });
        });
      }
      await clock.run(10_000_000);
      return JSON.stringify(world.events);
    };
    const first = await run();
    expect(first).toContain('"kind":"carried"');
    expect(await run()).toBe(first);
  });
});
