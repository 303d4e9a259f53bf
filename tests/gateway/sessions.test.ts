/** The gateway of secure sessions, asked by JOSE of another make. */
import { describe, expect, test } from 'vitest';
import { ANA, BEN, NOBODY } from './vendor-stage.ts';
import { devicePlan, personPlan } from '../device/stage.ts';
import { seal, sessionsStage, verified } from './sessions-stage.ts';

const SECOND = 1_000_000;

describe('a session', () => {
  test('gives the gateway’s key, the devices and an end, and says who can read', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin({ lifetimeSeconds: 60 });
    expect(session).toMatchObject({
      devices: [{ deviceId: '1' }],
      endToEnd: false,
      readableFor: ['gateway'],
      expiresAt: new Date(stage.clock.epochMillis() + 60_000).toISOString(),
    });
    expect(session.encryptionKey).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ECDH-ES' });
    expect(stage.of('session.begun')).toMatchObject([{ person: 'ana', devices: ['1'] }]);
    await stage.world.stop();
  });

  test('brings a sealed payload to the phone by MLS, and tells of it by receipts', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    const text = stage.plan('alerts-1');
    const sent = await stage.send(session, text);
    expect(sent.status).toBe(202);
    const { transactionId } = sent.json;
    expect(sent.headers.get('location')).toBe(`/v1/transactions/${String(transactionId)}`);
    await stage.run(30);
    expect(stage.of('device.displayed')).toMatchObject([
      { message: 'alerts-1', channel: 'rcs-e2ee', padlock: true },
    ]);
    const states = stage.receipts().map(({ json }) => json);
    expect(states).toMatchObject([
      { state: 'delivered', transactionId, deviceId: '1', sessionId: session.sessionId },
      { state: 'read', transactionId, deviceId: '1' },
    ]);
    const keys = await stage.keySet();
    for (const hook of stage.receipts()) {
      expect(await verified(hook, keys)).toMatchObject({ alg: 'ES256', typ: 'secure-session+jws' });
    }
    const shown = await stage.call('GET', `/v1/transactions/${String(transactionId)}`);
    expect(shown.json).toMatchObject({
      state: 'read',
      devices: [{ deviceId: '1', state: 'read' }],
    });
    await stage.world.stop();
  });

  test('is readable for the gateway, as its tap tells, and for nobody else', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    const text = stage.plan('alerts-1');
    await stage.send(session, text);
    await stage.run(30);
    const seen = stage.of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(seen).toMatchObject([
      { observer: 'gateway', channel: 'rcs-e2ee', where: 'gateway/sessions' },
    ]);
    const [opened] = stage.of('session.payload');
    expect(opened).toMatchObject({ outcome: 'opened', message: 'alerts-1' });
    expect(seen[0]?.cause).toBe(opened?.seq);
    await stage.world.stop();
  });

  test('the sender’s leaf in the group is the gateway’s own, and says so', async () => {
    const stage = await sessionsStage();
    await stage.send(await stage.begin(), stage.plan('alerts-1'));
    await stage.run(30);
    const [welcomed] = stage.of('mls.welcomed');
    expect(welcomed?.device).toBe('gateway/sessions');
    const phone = stage.world.people.phone('person/ana/device/1');
    const [member] = phone?.statesOf(welcomed?.group ?? '') ?? [];
    expect(member?.members().map(({ identity }) => identity)).toEqual([
      'gateway:sessions/agent:bellwether',
      `tel:+${ANA}/1`,
    ]);
    await stage.world.stop();
  });

  test('ends by itself, and by its sender’s word; nothing is taken in it afterwards', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin({ lifetimeSeconds: 10 });
    const closed = await stage.begin();
    expect(
      (await stage.call('DELETE', `/v1/secureSessions/${closed.sessionId}`)).json,
    ).toMatchObject({
      state: 'closed',
    });
    await stage.run(15);
    expect((await stage.send(session, 'late')).json).toMatchObject({
      code: 'session-over',
      reason: 'expired',
      status: 410,
    });
    expect((await stage.send(closed, 'late')).json).toMatchObject({
      code: 'session-over',
      reason: 'closed',
    });
    expect(stage.of('session.payload').map(({ reason }) => reason)).toEqual(['expired', 'closed']);
    await stage.world.stop();
  });

  test('is renewed: a new key, a later end, and the old key taken for a while', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin({ lifetimeSeconds: 60 });
    const renewed = await stage.call('POST', `/v1/secureSessions/${session.sessionId}/renewal`);
    expect(renewed.status).toBe(200);
    const key = renewed.json['encryptionKey'] as { kid: string };
    expect(key.kid).not.toBe(session.encryptionKey.kid);
    expect((await stage.send(session, 'sealed to the old key')).status).toBe(202);
    await stage.run(40);
    expect((await stage.send(session, 'too late for the old key')).json).toMatchObject({
      code: 'wrong-key',
      reason: 'key-retired',
    });
    const now = renewed.json as unknown as typeof session;
    expect((await stage.send(now, 'sealed to the new key')).status).toBe(202);
    await stage.world.stop();
  });
});

describe('a refusal names its code', () => {
  test('unknown numbers, sessions, transactions, operations and tokens', async () => {
    const stage = await sessionsStage();
    const code = async (...asked: Parameters<typeof stage.call>): Promise<unknown> => {
      const { status, json } = await stage.call(...asked);
      return `${status} ${String(json['code'])}`;
    };
    const begin = (number: string): Promise<unknown> =>
      code('POST', `/v1/phones/+${number}/secureSessions`);
    expect(await begin(NOBODY)).toBe('404 number-not-reachable');
    expect(await begin(BEN)).toBe('404 number-not-reachable');
    expect(await code('GET', '/v1/secureSessions/none')).toBe('404 session-unknown');
    expect(await code('GET', '/v1/transactions/none')).toBe('404 transaction-unknown');
    expect(await code('GET', '/v2/secureSessions/none')).toBe('404 no-such-operation');
    const token = { authorization: 'Bearer none' };
    expect(await code('GET', '/v1/secureSessions/none', undefined, token)).toBe(
      '401 unauthenticated',
    );
    const wrong = { lifetimeSeconds: 5, purpose: 'x' };
    const refused = await stage.call('POST', `/v1/phones/+${ANA}/secureSessions`, wrong);
    expect(refused.json).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(refused.json['fields']).toHaveLength(2);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    await stage.world.stop();
  });

  test('payloads that no session of the gateway opens, each with its reason', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    const other = await stage.begin();
    const good = await seal('text', session);
    const reason = async (jwe: string): Promise<unknown> => {
      const { json } = await stage.send(session, '', { jwe });
      return `${String(json['code'])}: ${String(json['reason'])}`;
    };
    expect(await reason('no.jwe')).toBe('payload-damaged: not-compact');
    expect(await reason(`${good.slice(0, -3)}AAA`)).toBe('payload-damaged: tag-mismatch');
    expect(await reason(await seal('text', other))).toBe('wrong-key: key-unknown');
    expect(await reason(await seal('text', session, { kid: undefined }))).toBe(
      'payload-damaged: kid-missing',
    );
    const path = `/v1/secureSessions/${session.sessionId}/messages`;
    const key = { 'idempotency-key': 'k' };
    const readable = await stage.call('POST', path, { jwe: good, text: 'text' }, key);
    expect(readable.json).toMatchObject({ code: 'invalid-request' });
    const bare = await stage.call('POST', path, { jwe: good });
    expect(bare.json).toMatchObject({ code: 'idempotency-key-missing' });
    await stage.world.stop();
  });

  test('a carrier without encryption, and a device without keys', async () => {
    const plain = await sessionsStage({
      world: {
        people: [
          { ...personPlan('ana', [{ ...devicePlan('1'), e2ee: false }]), msisdn: `+${ANA}` },
        ],
      },
    });
    const refused = await plain.call('POST', `/v1/phones/+${ANA}/secureSessions`);
    expect(refused.json).toMatchObject({ code: 'encryption-not-available', status: 422 });
    await plain.world.stop();
    const stage = await sessionsStage();
    const session = await stage.begin();
    stage.fault('person/ana/device/1', 'key-loss', { renew: 3_600 * SECOND });
    expect((await stage.send(session, 'text')).json).toMatchObject({ code: 'no-device-with-keys' });
    await stage.world.stop();
  });
});

test('no body and no path at its door is more than a refusal', async () => {
  const stage = await sessionsStage();
  const { sessionId } = await stage.begin();
  const key = { 'idempotency-key': 'k' };
  const bodies = ['', '{', '[]', 'null', '{"jwe":1}', '{"jwe":""}', '\u0000', '"'.repeat(4_096)];
  for (const body of bodies) {
    for (const path of [`/v1/secureSessions/${sessionId}/messages`, '/v1/secureSessions/%/x']) {
      const { status, json } = await stage.call('POST', path, body, key);
      expect([400, 404], `${path} ${body}`).toContain(status);
      expect(json['code'], body).toMatch(/^[a-z-]+$/);
    }
  }
  const long = 'A'.repeat(600_000);
  const huge = await stage.call('POST', `/v1/secureSessions/${sessionId}/messages`, long, key);
  expect(huge.json).toMatchObject({ code: 'too-large', status: 413 });
  expect(stage.of('mls.encrypted')).toEqual([]);
  await stage.world.stop();
});

describe('repetition', () => {
  test('the same key and payload is the same transaction, and is shown once', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    const jwe = await seal(stage.plan('alerts-1'), session);
    const first = await stage.send(session, '', { key: 'once', jwe });
    const again = await stage.send(session, '', { key: 'once', jwe });
    expect(again.status).toBe(202);
    expect(again.json['transactionId']).toBe(first.json['transactionId']);
    expect((await stage.send(session, 'other', { key: 'once' })).json).toMatchObject({
      code: 'idempotency-key-reused',
      status: 409,
    });
    expect((await stage.send(session, '', { key: 'twice', jwe })).json).toMatchObject({
      code: 'payload-repeated',
      status: 409,
    });
    await stage.run(30);
    expect(stage.of('device.displayed')).toHaveLength(1);
    await stage.world.stop();
  });

  test('a message that was not delivered can be taken back, by transaction or by key', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    await stage.send(session, stage.plan('alerts-1'));
    await stage.run(30);
    stage.fault('person/ana/device/1', 'offline');
    const sent = await stage.send(session, stage.plan('alerts-2'));
    const path = `/v1/transactions/${String(sent.json['transactionId'])}`;
    expect((await stage.call('DELETE', path)).json).toMatchObject({ state: 'cancelled' });
    await stage.send(session, stage.plan('alerts-3'), { key: 'third' });
    const byKey = `/v1/secureSessions/${session.sessionId}/messages/third`;
    expect((await stage.call('DELETE', byKey)).json).toMatchObject({ state: 'cancelled' });
    expect(stage.of('revoked')).toMatchObject([{ before: true }, { before: true }]);
    await stage.world.stop();
  });

  test('what is not delivered in its time is told as expired', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    stage.fault('person/ana/device/1', 'offline');
    await stage.send(session, stage.plan('alerts-1'), { ttlSeconds: 20 });
    await stage.run(30);
    expect(stage.receipts().map(({ json }) => json['state'])).toEqual(['expired']);
    await stage.world.stop();
  });
});

describe('devices', () => {
  const two = {
    world: {
      people: [{ ...personPlan('ana', [devicePlan('1'), devicePlan('2')]), msisdn: `+${ANA}` }],
    },
  };

  test('a removed one reads nothing more, and the sessions that named it are over', async () => {
    const stage = await sessionsStage(two);
    const session = await stage.begin();
    expect(session.devices).toHaveLength(2);
    await stage.send(session, stage.plan('alerts-1'));
    await stage.run(20);
    stage.fault('person/ana/device/2', 'revoke');
    await stage.run(2);
    expect(stage.hooks.at(-1)?.json).toMatchObject({
      type: 'session-ended',
      sessionId: session.sessionId,
      reason: 'devices-changed',
      deviceId: '2',
    });
    expect((await stage.send(session, 'late')).json).toMatchObject({
      code: 'session-over',
      reason: 'devices-changed',
    });
    const next = await stage.begin();
    expect(next.devices).toEqual([{ deviceId: '1' }]);
    await stage.send(next, stage.plan('alerts-2'));
    await stage.run(20);
    const opened = stage.of('mls.decrypted').filter(({ message }) => message === 'alerts-2');
    expect(opened.map(({ device }) => device)).toEqual(['person/ana/device/1']);
    await stage.world.stop();
  });

  test('one that lost its keys is given anew what it could not read, and only it', async () => {
    const stage = await sessionsStage(two);
    const session = await stage.begin();
    await stage.send(session, stage.plan('alerts-1'));
    await stage.run(20);
    stage.fault('person/ana/device/2', 'key-loss', { renew: 8 * SECOND });
    await stage.send(session, stage.plan('alerts-2'));
    await stage.run(40);
    const shown = stage.of('device.displayed').filter(({ message }) => message === 'alerts-2');
    expect(shown.map(({ device }) => device).toSorted()).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
    expect(stage.of('mls.refused').length).toBeGreaterThan(0);
    await stage.world.stop();
  });

  test('a group that another node has moved goes on in the next era', async () => {
    const stage = await sessionsStage();
    const session = await stage.begin();
    await stage.send(session, stage.plan('alerts-1'));
    await stage.run(20);
    stage.fault('gateway/sessions', 'epoch-fork');
    await stage.send(session, stage.plan('alerts-2'));
    await stage.run(20);
    expect(new Set(stage.of('mls.welcomed').map(({ group }) => group)).size).toBe(2);
    expect(stage.of('device.displayed')).toHaveLength(2);
    await stage.world.stop();
  });
});

test('a receipt key is renewed with an overlap: both keys stand in the set', async () => {
  const stage = await sessionsStage();
  const session = await stage.begin();
  const lift = stage.fault('gateway/sessions', 'rotate-signing-key');
  await stage.send(session, stage.plan('alerts-1'));
  await stage.run(30);
  lift();
  await stage.send(session, stage.plan('alerts-2'));
  await stage.run(30);
  const keys = await stage.keySet();
  expect(keys.keys).toHaveLength(2);
  const kids = await Promise.all(stage.receipts().map((hook) => verified(hook, keys)));
  expect(new Set(kids.map(({ kid }) => kid)).size).toBe(1);
  expect(keys.keys.map(({ kid }) => kid)).toContain(kids[0]?.['kid']);
  await stage.world.stop();
});
