/** Every error that the page lists, as `twilio` 6.2.0 throws it; and how the client tries again. */
import type twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TWILIO_ERRORS } from '../../simulators/protocol/twilio/errors.ts';
import { ANA, BEN, socketStage } from './vendor-stage.ts';
import { errorOf, twilioClient } from './twilio-client.ts';

type Stage = Awaited<ReturnType<typeof socketStage>>;
const stage: { it: Stage; client: twilio.Twilio } = {
  it: undefined as unknown as Stage,
  client: undefined as unknown as twilio.Twilio,
};

beforeAll(async () => {
  stage.it = await socketStage('twilio');
  stage.client = twilioClient(stage.it.value);
});
afterAll(() => stage.it.stop());

const value = (name: string): string => stage.it.value(name);

type Fields = Partial<Parameters<twilio.Twilio['messages']['create']>[0]>;

/** A request that would be right, with something wrong in it. */
function wrong(fields: Fields, without: readonly string[] = []): Parameters<typeof create>[0] {
  const right: Fields = { to: `+${BEN}`, from: value('phoneNumber'), body: 'Hello', ...fields };
  const kept = Object.entries(right).filter(([name]) => !without.includes(name));
  return Object.fromEntries(kept) as unknown as Parameters<typeof create>[0];
}

function create(fields: Parameters<twilio.Twilio['messages']['create']>[0]) {
  return stage.client.messages.create(fields);
}

const byService = (): Fields => ({ messagingServiceSid: value('messagingServiceSid') });

/** The code, what is wrong, and the request. */
const CASES: readonly (readonly [number, string, () => Parameters<typeof create>[0]])[] = [
  [21604, 'no recipient', () => wrong({ to: '' })],
  [21211, 'no telephone number', () => wrong({ to: 'tomorrow' })],
  [21211, 'the magic number for it', () => wrong({ to: '+15005550001' })],
  [21612, 'a number that cannot be routed to', () => wrong({ to: '+15005550002' })],
  [21408, 'a region that is not enabled', () => wrong({ to: '+15005550003' })],
  [21610, 'a recipient who opted out', () => wrong({ to: '+15005550004' })],
  [21614, 'a number that is no mobile', () => wrong({ to: '+15005550009' })],
  [21603, 'no sender', () => wrong({}, ['from'])],
  [21606, 'a number of somebody else', () => wrong({ from: '+15005550007' })],
  [21606, 'a number that the account has not', () => wrong({ from: '+999800000002' })],
  [21212, 'a sender that is none', () => wrong({ from: '+15005550001' })],
  [21611, 'a full queue', () => wrong({ from: '+15005550008' })],
  [63007, 'an RCS sender that is not there', () => wrong({ from: 'rcs:nobody' })],
  [63007, 'a number as sender to an RCS address', () => wrong({ to: `rcs:+${ANA}` })],
  [21619, 'nothing to say', () => wrong({}, ['body'])],
  [21617, 'too much to say', () => wrong({ body: 'x'.repeat(1601) })],
  [21655, 'no content template', () => wrong({ contentSid: 'HX1' })],
  [21654, 'values of no template', () => wrong({ contentVariables: '{}' })],
  [21609, 'a callback address that is none', () => wrong({ statusCallback: '/hooks' })],
  [21609, 'a callback host that is none', () => wrong({ statusCallback: 'https://a_b.example/' })],
  [21620, 'media that are no address', () => wrong({ mediaUrl: ['cat.png'] })],
  [21623, 'too many media', () => wrong({ mediaUrl: Array(11).fill('https://a.example/') })],
  [21664, 'FallbackFrom and From', () => wrong({ fallbackFrom: '+999800000001' })],
  [
    21665,
    'FallbackFrom that is no SMS sender',
    () => wrong({ ...byService(), fallbackFrom: value('rcsSender') }, ['from']),
  ],
  [
    21666,
    'FallbackFrom without a service',
    () => wrong({ fallbackFrom: value('phoneNumber') }, ['from']),
  ],
  [20001, 'a validity of no seconds', () => wrong({ validityPeriod: 0 })],
  [20404, 'a service that is not there', () => wrong({ messagingServiceSid: 'MG0' }, ['from'])],
  [35118, 'a schedule without a service', () => wrong({ scheduleType: 'fixed' })],
  [35111, 'a schedule without a time', () => wrong({ ...byService(), scheduleType: 'fixed' })],
  [
    35114,
    'a schedule for the next minute',
    () =>
      wrong({
        ...byService(),
        scheduleType: 'fixed',
        sendAt: new Date(Date.now() + 60_000),
      }),
  ],
];

describe('a wrong message is refused with', () => {
  test.each(CASES)('%i: %s', async (code, _what, fields) => {
    const refused = await errorOf(create(fields()));
    const { status } = TWILIO_ERRORS[code as keyof typeof TWILIO_ERRORS];
    expect(refused).toMatchObject({ code, status });
    expect(refused.moreInfo).toBe(`https://www.twilio.com/docs/errors/${code}`);
    expect(refused.message).not.toBe('');
  });

  test('20003: another password, or another account', async () => {
    const other = (name: string): string => (name === 'authToken' ? 'wrong' : value(name));
    const refused = await errorOf(twilioClient(other).messages.list());
    expect(refused).toMatchObject({ status: 401, code: 20003 });
    const { accounts } = stage.client.api.v2010;
    const elsewhere = await errorOf(accounts(`AC${'0'.repeat(32)}`).messages.list());
    expect(elsewhere).toMatchObject({ code: 20003 });
    expect(stage.it.of('door.answered').at(-1)).toMatchObject({ outcome: 'unauthorized' });
  });

  test('21610: a recipient who wrote STOP, until they write START', async () => {
    const { world, hook } = stage.it;
    world.reply('ana', 'Stop');
    await hook(({ json }) => json['Body'] === 'Stop');
    const again = wrong({ to: `+${ANA}` });
    expect(await errorOf(create(again))).toMatchObject({ code: 21610 });
    world.reply('ana', 'START');
    await hook(({ json }) => json['Body'] === 'START');
    expect((await create(again)).status).toBe('queued');
  });
});

describe('what the API does not have', () => {
  const authorization = (): string =>
    `Basic ${Buffer.from(`${value('accountSid')}:${value('authToken')}`).toString('base64')}`;
  const call = (method: string, path: string, body?: string) =>
    fetch(value('url') + path, {
      method,
      headers: {
        authorization: authorization(),
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(body === undefined ? {} : { body }),
    });
  const unexpected = () =>
    stage.it.of('door.request').filter(({ operation }) => operation === 'unexpected');

  test('a path: 404 in the vendor’s shape, and a line in the report', async () => {
    const path = '/2010-04-01/Accounts/AC1/Faxes.json';
    const response = await call('GET', path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 20404, status: 404 });
    expect(unexpected().at(-1)).toMatchObject({ what: `GET ${path}` });
  });

  test('a version: 404', async () => {
    expect((await call('GET', '/2008-08-01/Accounts/AC1/SMS/Messages.json')).status).toBe(404);
  });

  test('a method: 405, naming those that are there', async () => {
    const path = `/2010-04-01/Accounts/${value('accountSid')}/Messages.json`;
    const response = await call('DELETE', path);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, GET');
    expect(await response.json()).toMatchObject({ code: 20004 });
    expect(unexpected().at(-1)).toMatchObject({ what: `DELETE ${path}` });
  });

  test('a field: ignored as there, and a line in the report', async () => {
    const path = `/2010-04-01/Accounts/${value('accountSid')}/Messages.json`;
    const fields = { To: `+${BEN}`, From: value('phoneNumber'), Body: 'x', StatusCalback: 'x' };
    const response = await call('POST', path, new URLSearchParams(fields).toString());
    expect(response.status).toBe(201);
    expect(unexpected().at(-1)?.what).toMatch(/Messages\.json: field StatusCalback$/);
  });
});

describe('when the service is not well', () => {
  const sends = () => stage.it.of('door.request').filter(({ operation }) => operation === 'send');
  const right = () => wrong({});

  test('the client throws 20429 at once, unless it was told to try again', async () => {
    const lift = stage.it.fault('gateway/twilio', 'throttle', { to: 0, 'retry-after': 2_000_000 });
    const before = sends().length;
    expect(await errorOf(create(right()))).toMatchObject({ status: 429, code: 20429 });
    expect(sends()).toHaveLength(before + 1);
    expect(stage.it.of('door.answered').at(-1)).toMatchObject({
      outcome: 'throttled',
      retryAfterMicros: 2_000_000,
      meaning: [{ scope: { component: 'gateway/twilio' }, says: 'busy', holds: 2_000_000 }],
    });
    const patient = twilioClient(stage.it.value, 'token', { autoRetry: true, maxRetries: 2 });
    expect(await errorOf(patient.messages.create(right()))).toMatchObject({ code: 20429 });
    expect(sends()).toHaveLength(before + 4);
    lift();
    expect((await create(right())).status).toBe('queued');
  });

  test('an outage is 503 in the vendor’s shape, and is not tried again', async () => {
    const lift = stage.it.fault('gateway/twilio', 'outage', { mode: 'error', status: 503 });
    const before = sends().length;
    expect(await errorOf(create(right()))).toMatchObject({ status: 503, code: 20503 });
    expect(sends()).toHaveLength(before + 1);
    lift();
  });

  test('a lost answer is an error of the connection, and the message is sent', async () => {
    const lift = stage.it.fault('gateway/twilio', 'accept-then-drop-answer');
    const text = stage.it.plan('unsure-1', 'ben');
    const error = await errorOf(create(wrong({ body: text })));
    expect(error.message).toMatch(/socket hang up|ECONNRESET/);
    lift();
    const shown = () =>
      stage.it.of('device.displayed').filter((event) => event.message === 'unsure-1');
    await expect.poll(shown).toHaveLength(1);
  });
});
