import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createFcm, FCM_SCOPE } from '../../simulators/push/fcm.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'fcm-token:AAAAAAAAAAAAAAAAAAAA';
const SEND = '/v1/projects/bellwether-test/messages:send';
const DATA = { token: TOKEN, data: { messageId: 'impl-9' }, android: { priority: 'high' } };

function bench() {
  const clock = createVirtualClock();
  const world = pushWorld(clock, 'push/fcm', [TOKEN]);
  const { ambient, conditions, tap, phones } = world;
  const fcm = createFcm({ ambient, conditions, tap, handsets: phones });
  fcm.identifyBy('/data/messageId');
  const call = async (path: string, body: string, authorization?: string, method = 'POST') => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = fcm.door.handle({ method, path, query: '', headers, body: Buffer.from(body) });
    await clock.run(clock.now() + 1_000_000);
    const exchange = await answer;
    if (exchange.kind !== 'answer') throw new Error(`no answer but ${exchange.kind}`);
    const { status, headers: told, body: text } = exchange.response;
    const parsed = JSON.parse(String(text)) as Record<string, unknown>;
    return { status, headers: told, body: parsed };
  };
  const login = async (): Promise<string> => {
    const account = fcm.serviceAccount('http://fcm.test/token');
    const now = Math.floor(clock.epochMillis() / 1000);
    const assertion = createRs256Signer(account.private_key)({
      iss: account.client_email,
      aud: account.token_uri,
      scope: FCM_SCOPE,
      iat: now,
      exp: now + 3600,
    });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grant, assertion }).toString();
    const { body } = await call('/token', form);
    return `Bearer ${String(body['access_token'])}`;
  };
  const send = async (message: unknown, path = SEND) =>
    call(path, JSON.stringify({ message }), await login());
  return { clock, world, fcm, call, login, send, phone: phones.get(TOKEN)! };
}

describe('FCM', () => {
  it('takes a data message, brings it to the phone, and records token and send', async () => {
    const { world, send, phone } = bench();
    const { status, body } = await send(DATA);
    expect(status).toBe(200);
    expect(body['name']).toMatch(/^projects\/bellwether-test\/messages\/0:\d+%[0-9a-f]{16}$/);
    const wire = `fcm:${String(body['name']).split('/')[3]}`;
    expect(phone.received).toEqual([
      {
        wire,
        provider: 'fcm',
        kind: 'background',
        priority: 'high',
        mutable: false,
        payload: { data: { messageId: 'impl-9' } },
      },
    ]);
    expect(world.requests()).toMatchObject([
      { operation: 'token' },
      {
        operation: 'send',
        channel: 'app-push',
        wire,
        person: 'ana',
        device: 'person/ana/device/1',
        echoed: 'impl-9',
      },
    ]);
    expect(world.requests()[0]).not.toHaveProperty('channel');
  });

  it('shows notifications at high priority and data at normal unless told otherwise', async () => {
    const { send, phone } = bench();
    await send({ token: TOKEN, notification: { title: 'New', body: 'message' } });
    await send({ token: TOKEN, data: { a: 'b' } });
    await send({
      token: TOKEN,
      data: { a: 'b' },
      android: { priority: 'NORMAL', collapseKey: 'k' },
    });
    expect(phone.received.map(({ kind, priority }) => [kind, priority])).toEqual([
      ['alert', 'high'],
      ['background', 'normal'],
      ['background', 'normal'],
    ]);
  });

  it('wants an access token that it gave out and that has not expired', async () => {
    const { call, login, clock } = bench();
    const body = JSON.stringify({ message: DATA });
    expect((await call(SEND, body)).status).toBe(401);
    expect(await call(SEND, body, 'Bearer nonsense')).toMatchObject({
      status: 401,
      body: { error: { code: 401, status: 'UNAUTHENTICATED' } },
    });
    const bearer = await login();
    expect((await call(SEND, body, bearer)).status).toBe(200);
    await clock.run(clock.now() + 3_600_000_000);
    expect((await call(SEND, body, bearer)).status).toBe(401);
  });

  it.each([
    ['no target', { data: {} }, 'message'],
    ['two targets', { token: TOKEN, topic: 'news' }, 'message'],
    ['data that is no text', { token: TOKEN, data: { a: 1 } }, 'message.data[a].value'],
    ['a reserved key', { token: TOKEN, data: { 'google.x': '1' } }, 'message.data'],
    ['an unknown field', { token: TOKEN, loud: true }, 'message'],
    [
      'a bad priority',
      { token: TOKEN, android: { priority: 'URGENT' } },
      'message.android.priority',
    ],
    ['a bad ttl', { token: TOKEN, android: { ttl: '5 minutes' } }, 'message.android.ttl'],
    [
      'a ttl beyond four weeks',
      { token: TOKEN, android: { ttl: '2419201s' } },
      'message.android.ttl',
    ],
    ['too much', { token: TOKEN, data: { a: 'x'.repeat(4_097) } }, 'message'],
  ])('refuses %s and names the field', async (_, message, field) => {
    const { send, phone } = bench();
    expect(await send(message)).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT', details: [{ fieldViolations: [{ field }] }] } },
    });
    expect(phone.received).toEqual([]);
  });

  it('answers 404 UNREGISTERED for a token that is gone and says that the device is', async () => {
    const { send, phone, world } = bench();
    phone.become('unregistered');
    expect(await send(DATA)).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND', details: [{ errorCode: 'UNREGISTERED' }] } },
    });
    expect(world.answers()[1]).toMatchObject({
      outcome: 'unavailable',
      meaning: [{ scope: { device: 'person/ana/device/1' }, says: 'unavailable' }],
    });
  });

  it('tells malformed tokens, unknown tokens and another project apart', async () => {
    const { send } = bench();
    const errorOf = async (message: unknown, path?: string) =>
      ((await send(message, path)).body as { error: { details: unknown[] } }).error.details[0];
    expect(await errorOf({ token: 'x y' })).toMatchObject({ errorCode: 'INVALID_ARGUMENT' });
    expect(await errorOf({ token: 'fcm-token:unknown-unknown' })).toMatchObject({
      errorCode: 'UNREGISTERED',
    });
    expect(await errorOf(DATA, SEND.replace('bellwether', 'other'))).toMatchObject({
      errorCode: 'SENDER_ID_MISMATCH',
    });
  });

  it('only checks when asked only to validate', async () => {
    const { call, login, phone } = bench();
    const body = JSON.stringify({ message: DATA, validate_only: true });
    expect((await call(SEND, body, await login())).status).toBe(200);
    expect(phone.received).toEqual([]);
  });

  it('keeps the latest of a collapse key and drops everything beyond a hundred', async () => {
    const { send, phone, clock, world } = bench();
    phone.become('offline');
    for (const number of ['1', '2']) {
      await send({ token: TOKEN, data: { number }, android: { collapse_key: 'k' } });
    }
    for (let number = 0; number < 100; number++) {
      await send({ token: TOKEN, data: { number: `plain ${number}` } });
    }
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received).toHaveLength(101);
    expect(phone.received.map((push) => push.payload)).toContainEqual({ data: { number: '2' } });
    expect(phone.received.map((push) => push.payload)).not.toContainEqual({
      data: { number: '1' },
    });
    phone.become('offline');
    for (let number = 0; number < 101; number++) await send({ token: TOKEN, data: { n: 'x' } });
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received).toHaveLength(102);
    expect(world.kinds().filter((kind) => kind === 'lost')).toHaveLength(101);
  });

  it('lets a push expire by its ttl, and never stores one with ttl 0', async () => {
    const { send, phone, clock, world } = bench();
    phone.become('offline');
    await send({ token: TOKEN, data: { a: 'b' }, android: { ttl: '0s' } });
    await send({ token: TOKEN, data: { a: 'b' }, android: { ttl: '3.5s' } });
    await clock.run(clock.now() + 10_000_000);
    phone.become('online');
    await clock.run(clock.now() + 1_000_000);
    expect(phone.received).toEqual([]);
    expect(world.kinds().filter((kind) => kind === 'expired')).toHaveLength(2);
    expect(world.kinds().filter((kind) => kind === 'stored')).toHaveLength(1);
  });

  it('answers faults in Google’s shape', async () => {
    const { call, login, world } = bench();
    const bearer = await login();
    const body = JSON.stringify({ message: DATA });
    let lift = world.arm('outage', { mode: 'error', status: 503 });
    expect(await call(SEND, body, bearer)).toMatchObject({
      status: 503,
      body: {
        error: { code: 503, status: 'UNAVAILABLE', details: [{ errorCode: 'UNAVAILABLE' }] },
      },
    });
    lift();
    lift = world.arm('outage', { mode: 'error', status: 500 });
    expect(await call(SEND, body, bearer)).toMatchObject({
      status: 500,
      body: { error: { status: 'INTERNAL', details: [{ errorCode: 'INTERNAL' }] } },
    });
    lift();
    lift = world.arm('throttle', { to: 0 });
    expect(await call(SEND, body, bearer)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { error: { status: 'RESOURCE_EXHAUSTED' } },
    });
    lift();
    expect(await call('/v2/anything', '', bearer, 'PUT')).toMatchObject({
      status: 404,
      body: { error: { code: 404, status: 'NOT_FOUND' } },
    });
    expect(world.requests().at(-1)).toMatchObject({ operation: 'unexpected' });
  });
});
