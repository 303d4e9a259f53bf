/** Faults that only push services know, on both of them, in virtual time. */
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { createFcm, FCM_SCOPE } from '../../simulators/push/fcm.ts';
import type { FcmOptions } from '../../simulators/push/fcm.ts';
import type { Target, Verb } from '../../simulators/kernel/target.ts';
import type { Exchange, HttpDoor, WireRequest } from '../../simulators/network/wire.ts';
import { pushWorld } from './push-world.ts';

const SECOND = 1_000_000;
const TOKEN = 'ab'.repeat(32);

interface Armed {
  readonly lift: () => void;
  readonly touched: string[];
}

function arming(target: Target) {
  return (verb: string, params: Record<string, unknown> = {}, only?: () => boolean): Armed => {
    const touched: string[] = [];
    const ledger = {
      fault: 'f',
      partial: only !== undefined,
      hits: only ?? (() => true),
      touched: (did: string) => touched.push(did),
    };
    const act: Verb = target.verbs[verb]!;
    return { lift: act({ params, ledger }), touched };
  };
}

async function answered(door: HttpDoor, request: Omit<WireRequest, 'query'>) {
  const exchange: Exchange = await door.handle({ ...request, query: '' });
  if (exchange.kind !== 'answer') throw new Error(exchange.kind);
  const { status, headers, body, goaway } = exchange.response;
  return { status, headers, body: String(body), goaway };
}

function apnsBench() {
  const clock = createVirtualClock();
  const world = pushWorld(clock, 'push/apns', [TOKEN]);
  const { ambient, conditions, tap, phones } = world;
  const apns = createApns({ ambient, conditions, tap, handsets: phones });
  const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
  const sign = createEs256Signer(privateKeyPem);
  const bearer = (): string => {
    const iat = Math.floor(clock.epochMillis() / 1000);
    return `bearer ${sign({ iss: teamId, iat }, { kid: keyId })}`;
  };
  const send = async (authorization = bearer()) => {
    const headers = { authorization, 'apns-topic': topic, 'apns-push-type': 'alert' };
    const path = `/3/device/${TOKEN}`;
    const body = Buffer.from('{"aps":{"alert":"x"}}');
    const {
      status,
      body: text,
      goaway,
    } = await answered(apns.door, {
      method: 'POST',
      path,
      headers,
      body,
    });
    const reason = text === '' ? '' : ` ${String((JSON.parse(text) as { reason: string }).reason)}`;
    return { said: `${status}${reason}`, goaway };
  };
  const pass = (micros: number) => clock.run(clock.now() + micros);
  return {
    ...world,
    apns,
    send,
    bearer,
    pass,
    arm: arming(apns.target),
    phone: phones.get(TOKEN)!,
  };
}

const FCM_TOKENS = ['fcm-token:phone-number-one', 'fcm-token:phone-number-two'];

async function fcmBench(over: Partial<FcmOptions> = {}) {
  const clock = createVirtualClock();
  const world = pushWorld(clock, 'push/fcm', FCM_TOKENS);
  const { ambient, conditions, tap, phones } = world;
  const fcm = createFcm({ ambient, conditions, tap, handsets: phones, ...over });
  const account = fcm.serviceAccount('http://fcm.test/token');
  const sign = createRs256Signer(account.private_key);
  const login = async (): Promise<string> => {
    const iat = Math.floor(clock.epochMillis() / 1000);
    const assertion = sign({
      iss: account.client_email,
      aud: account.token_uri,
      scope: FCM_SCOPE,
      iat,
      exp: iat + 3600,
    });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grant, assertion }).toString();
    const body = Buffer.from(form);
    const told = await answered(fcm.door, { method: 'POST', path: '/token', headers: {}, body });
    return `Bearer ${(JSON.parse(told.body) as { access_token: string }).access_token}`;
  };
  let authorization = await login();
  const send = async (message: object = {}) => {
    const whole = { message: { token: FCM_TOKENS[0], data: { a: 'b' }, ...message } };
    const { status, headers, body } = await answered(fcm.door, {
      method: 'POST',
      path: '/v1/projects/bellwether-test/messages:send',
      headers: { authorization },
      body: Buffer.from(JSON.stringify(whole)),
    });
    const { error } = JSON.parse(body) as {
      error?: { status: string; details?: { errorCode?: string; violations?: unknown[] }[] };
    };
    const code = error?.details?.[0]?.errorCode ?? error?.status;
    const said = code === undefined ? String(status) : `${status} ${code}`;
    return { said, retryAfter: headers['retry-after'], details: error?.details };
  };
  const renew = async () => {
    authorization = await login();
  };
  const pass = (micros: number) => clock.run(clock.now() + micros);
  const received = (token = FCM_TOKENS[0]) => phones.get(token!)!.received;
  return { ...world, fcm, send, renew, pass, received, arm: arming(fcm.target) };
}

describe('a shutdown', () => {
  it('is told with GOAWAY by APNs, and the channel is down meanwhile', async () => {
    const { send, arm, events } = apnsBench();
    const { lift, touched } = arm('shutdown');
    expect(await send()).toEqual({ said: '503 Shutdown', goaway: '{"reason":"Shutdown"}' });
    expect(touched).toEqual(['answered Shutdown']);
    lift();
    expect(await send()).toEqual({ said: '200', goaway: undefined });
    const changes = events.filter(({ kind }) => kind === 'component.changed');
    expect(changes).toMatchObject([{ state: 'down', why: 'shutdown' }, { state: 'up' }]);
  });

  it('is told with Retry-After by FCM, which means that long', async () => {
    const { send, arm, answers } = await fcmBench();
    arm('shutdown', { 'retry-after': 7_500_000 });
    expect(await send()).toMatchObject({ said: '503 UNAVAILABLE', retryAfter: '8' });
    expect(answers().at(-1)).toMatchObject({
      outcome: 'failed',
      retryAfterMicros: 7_500_000,
      meaning: [{ scope: { component: 'push/fcm' }, says: 'busy', holds: 7_500_000 }],
    });
  });

  it('spares what a selection spares, and is only degraded then', async () => {
    const { send, arm, events } = apnsBench();
    let count = 0;
    arm('shutdown', {}, () => count++ % 2 === 0);
    expect([(await send()).said, (await send()).said]).toEqual(['503 Shutdown', '200']);
    expect(events[0]).toMatchObject({ kind: 'component.changed', state: 'degraded' });
  });
});

describe('credentials', () => {
  it('from before the fault are expired, new ones are not', async () => {
    const { send, bearer, arm, pass } = apnsBench();
    const old = bearer();
    await pass(5 * SECOND);
    const { touched } = arm('expired-provider-token');
    expect((await send(old)).said).toBe('403 ExpiredProviderToken');
    expect((await send()).said).toBe('200');
    expect(touched).toEqual(['refused an old token']);
  });

  it('of FCM are forgotten when the fault begins', async () => {
    const { send, renew, arm } = await fcmBench();
    expect((await send()).said).toBe('200');
    const { touched } = arm('expired-provider-token');
    expect((await send()).said).toBe('401 UNAUTHENTICATED');
    await renew();
    expect((await send()).said).toBe('200');
    expect(touched).toHaveLength(1);
  });

  it('are refused altogether, in the words of each service', async () => {
    const apns = apnsBench();
    apns.arm('credentials-refused');
    expect((await apns.send()).said).toBe('403 InvalidProviderToken');
    const fcm = await fcmBench();
    const { lift } = fcm.arm('credentials-refused', { as: 'SENDER_ID_MISMATCH' });
    expect((await fcm.send()).said).toBe('403 SENDER_ID_MISMATCH');
    lift();
    fcm.arm('credentials-refused', { as: 'THIRD_PARTY_AUTH_ERROR' });
    expect((await fcm.send()).said).toBe('401 THIRD_PARTY_AUTH_ERROR');
  });
});

describe('a quota', () => {
  it('is one phone’s: the sender hears that this phone is busy', async () => {
    const { send, arm, answers, pass } = apnsBench();
    const { touched } = arm('quota', { 'per-device': 0.1, 'retry-after': 3 * SECOND });
    expect([(await send()).said, (await send()).said]).toEqual(['200', '429 TooManyRequests']);
    expect(answers()[1]).toMatchObject({
      outcome: 'throttled',
      meaning: [{ scope: { device: 'person/ana/device/1' }, says: 'busy', holds: 3 * SECOND }],
    });
    expect(touched).toHaveLength(1);
    await pass(10 * SECOND);
    expect((await send()).said).toBe('200');
  });

  it('of FCM names itself, and ends with the minute that its first message began', async () => {
    const { send, pass } = await fcmBench({ perDevice: { perMinute: 2, perHour: 3 } });
    expect([(await send()).said, (await send()).said]).toEqual(['200', '200']);
    await pass(20 * SECOND);
    const refused = await send();
    expect(refused).toMatchObject({ said: '429 QUOTA_EXCEEDED', retryAfter: '40' });
    expect(refused.details?.[1]).toMatchObject({ violations: [{ subject: 'device' }] });
    expect((await send({ token: FCM_TOKENS[1] })).said).toBe('200');
    await pass(40 * SECOND);
    expect((await send()).said).toBe('200');
    expect(await send()).toMatchObject({ said: '429 QUOTA_EXCEEDED', retryAfter: '3540' });
  });

  it('of a project counts what was wrong, too', async () => {
    const { send } = await fcmBench({ perProject: 2 });
    expect((await send({ token: 'no token' })).said).toBe('400 INVALID_ARGUMENT');
    expect([(await send()).said, (await send()).said]).toEqual(['200', '429 QUOTA_EXCEEDED']);
  });
});

describe('answers that trickle', () => {
  it('of FCM count as handed over when their last byte is there', async () => {
    const { send, arm, answers } = await fcmBench();
    const { touched, lift } = arm('slow-body', { to: 2 });
    expect((await send()).said).toBe('200');
    const { handedAt } = answers().at(-1)!;
    // {"name":"projects/…/messages/…"} at two bytes a second.
    expect(handedAt).toBeGreaterThan(20 * SECOND);
    expect(touched).toEqual(['let its answer trickle']);
    lift();
    await send();
    expect(answers().at(-1)!.handedAt).toBeLessThan(SECOND);
    expect(touched).toHaveLength(1);
  });

  it('of APNs are refusals alone: what has no body was not slowed down', async () => {
    const { send, arm, answers, phone } = apnsBench();
    const { touched } = arm('slow-body', { to: 2 });
    expect((await send()).said).toBe('200');
    expect(touched).toEqual([]);
    phone.become('unregistered');
    expect((await send()).said).toBe('410 Unregistered');
    expect(touched).toEqual(['let its answer trickle']);
    expect(answers()[0]!.handedAt).toBeLessThan(SECOND);
    expect(answers()[1]!.handedAt).toBeGreaterThan(10 * SECOND);
  });
});

describe('pushes that come close together', () => {
  it('are collapsed into the last one by the fault, on both services', async () => {
    const { send, arm, pass, phone, kinds, apns } = apnsBench();
    const { lift } = arm('collapse', { within: 3 * SECOND });
    for (let count = 0; count < 3; count++) await send();
    expect(apns.unfinished()).toHaveLength(1);
    await pass(4 * SECOND);
    expect(phone.received).toHaveLength(1);
    expect(kinds().filter((kind) => kind === 'lost')).toHaveLength(2);
    await send();
    await pass(4 * SECOND);
    lift();
    await send();
    await pass(SECOND);
    expect(phone.received).toHaveLength(3);
  });

  it('with a collapse key are let through twenty at once, then one in three minutes', async () => {
    const { send, pass, received, kinds } = await fcmBench();
    const android = { collapse_key: 'inbox' };
    for (let n = 0; n < 22; n++) await send({ data: { n: String(n) }, android });
    await pass(10 * SECOND);
    expect(received()).toHaveLength(20);
    await pass(180 * SECOND);
    expect(received()).toHaveLength(21);
    expect(received().at(-1)?.payload).toEqual({ data: { n: '21' } });
    expect(kinds().filter((kind) => kind === 'lost')).toHaveLength(1);
    for (let n = 0; n < 5; n++) await send();
    await pass(SECOND);
    expect(received()).toHaveLength(26);
  });
});

describe('FCM', () => {
  it('takes smaller payloads for topics than for phones', async () => {
    const { send } = await fcmBench();
    const data = { a: 'x'.repeat(2_050) };
    expect((await send({ data })).said).toBe('200');
    expect((await send({ token: undefined, topic: 'news', data })).said).toBe(
      '400 INVALID_ARGUMENT',
    );
  });

  it('tells the judges what it saw of a push, also of one that it refuses', async () => {
    const { send, requests } = await fcmBench();
    await send({ notification: { title: 'x' } });
    await send({ data: { a: 'x'.repeat(5_000) } });
    expect(requests().map(({ push }) => push)).toMatchObject([
      undefined,
      { asks: 'visible', priority: 'high', token: 'mber-one' },
      { asks: 'other', bytes: expect.any(Number) as number },
    ]);
    expect(requests()[2]?.push?.bytes).toBeGreaterThan(5_000);
  });
});
