/** `@vonage/server-sdk` 3.30.1 and `@vonage/jwt` 1.17.1, as published, against the personality. */
import { hash } from 'node:crypto';
import { Auth } from '@vonage/auth';
import { verifySignature } from '@vonage/jwt';
import { RCSImage, RCSText, SMS, WhatsAppText } from '@vonage/messages';
import { Vonage } from '@vonage/server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJwt } from '../../simulators/protocol/jwt/decode.ts';
import { ANA, BEN, NOBODY, socketStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

type Stage = Awaited<ReturnType<typeof socketStage>>;
const stage: { it: Stage } = { it: undefined as unknown as Stage };

beforeAll(async () => {
  stage.it = await socketStage('vonage');
});
afterAll(() => stage.it.stop());

function client(credentials: Partial<ConstructorParameters<typeof Auth>[0]> = {}): Vonage {
  const { value } = stage.it;
  const auth = new Auth({
    applicationId: value('applicationId'),
    privateKey: value('privateKey'),
    ...credentials,
  });
  return new Vonage(auth, { apiHost: value('url') });
}

const byKey = () => {
  const { value } = stage.it;
  const auth = new Auth({ apiKey: value('apiKey'), apiSecret: value('apiSecret') });
  return new Vonage(auth, { apiHost: value('url') });
};

function statusOf(uuid: string, status: string): (hook: Hook) => boolean {
  return ({ json }) => json['message_uuid'] === uuid && json['status'] === status;
}

function sms(text: string, to = BEN): SMS {
  return new SMS({ channel: 'sms', messageType: 'text', to, from: 'Bank', text });
}

/** The answer behind the error that the client throws. */
async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown as { response?: Response },
  );
  const { response } = error ?? {};
  if (response === undefined) throw new Error('it was not refused');
  return { status: response.status, json: (await response.clone().json()) as object };
}

describe('the unmodified client', () => {
  it('sends by RCS and is told submitted, delivered and read', async () => {
    const { plan, hook } = stage.it;
    const text = plan('alerts-1');
    const message = new RCSText({ to: ANA, from: 'Bank', text, clientRef: 'mine' });
    const { messageUUID } = await client().messages.send(message);
    expect(messageUUID).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    const submitted = await hook(statusOf(messageUUID, 'submitted'));
    expect(submitted.json).toMatchObject({ to: ANA, from: 'Bank', channel: 'rcs' });
    const delivered = await hook(statusOf(messageUUID, 'delivered'));
    expect(delivered.json).toMatchObject({ client_ref: 'mine', usage: { currency: 'EUR' } });
    await hook(statusOf(messageUUID, 'read'));
    const shown = stage.it.of('device.displayed').filter(({ message }) => message === 'alerts-1');
    expect(shown).toMatchObject([{ person: 'ana', channel: 'rcs' }]);
  });

  it('sends by SMS with key and secret', async () => {
    const text = stage.it.plan('texts-1', 'ben');
    const { messageUUID } = await byKey().messages.send(sms(text));
    const submitted = await stage.it.hook(statusOf(messageUUID, 'submitted'));
    expect(submitted.json).toMatchObject({
      channel: 'sms',
      sms: { count_total: '1' },
      usage: { price: '0.0333' },
    });
    await stage.it.hook(statusOf(messageUUID, 'delivered'));
  });

  it('falls back within the gateway, and each message tells its own end', async () => {
    const { plan, hook, hooks } = stage.it;
    const text = plan('fallbacks-1', 'ben');
    const { messageUUID } = await client().messages.send({
      channel: 'rcs',
      messageType: 'text',
      to: BEN,
      from: 'Bank',
      text,
      failover: [sms(`${text} By SMS.`)],
    } as never);
    const rejected = await hook(statusOf(messageUUID, 'rejected'));
    expect(rejected.json).toMatchObject({
      channel: 'rcs',
      error: { title: 1310 },
      workflow: { items_number: '1', items_total: '2' },
    });
    const { id } = rejected.json['workflow'] as { id: string };
    const delivered = await hook(
      ({ json }) =>
        json['status'] === 'delivered' &&
        (json['workflow'] as { id?: string } | undefined)?.id === id,
    );
    expect(delivered.json).toMatchObject({ channel: 'sms', workflow: { items_number: '2' } });
    expect(delivered.json['message_uuid']).not.toBe(messageUUID);
    expect(hooks.filter(statusOf(messageUUID, 'delivered'))).toEqual([]);
    const sends = stage.it
      .of('door.request')
      .filter(({ message }) => message === 'fallbacks-1')
      .map(({ channel, onBehalf, what }) => ({ channel, onBehalf, what }));
    expect(sends).toEqual([
      { channel: 'rcs', onBehalf: undefined, what: 'POST /v1/messages' },
      { channel: 'sms', onBehalf: true, what: 'failover' },
    ]);
  });

  it('sends media, and is told what a world without the channel makes of it', async () => {
    const image = new RCSImage({ to: ANA, from: 'Bank', image: { url: 'https://a.example/i' } });
    const { messageUUID } = await client().messages.send(image);
    await stage.it.hook(statusOf(messageUUID, 'delivered'));
    const foreign = new WhatsAppText({ to: ANA, from: '447700900000', text: 'Hi' });
    const sent = await client().messages.send(foreign);
    const rejected = await stage.it.hook(statusOf(sent.messageUUID, 'rejected'));
    expect(rejected.json).toMatchObject({ channel: 'whatsapp', error: { title: 1140 } });
  });

  it('marks as read and revokes', async () => {
    const message = new RCSText({ to: ANA, from: 'Bank', text: 'Hello' });
    const { messageUUID } = await client().messages.send(message);
    await stage.it.hook(statusOf(messageUUID, 'delivered'));
    expect(await client().messages.updateMessage(messageUUID, 'read', undefined as never)).toBe(
      true,
    );
    expect(await client().messages.updateMessage(messageUUID, 'revoked', undefined as never)).toBe(
      true,
    );
  });

  it('has its signatures checked by its own verifySignature', async () => {
    const { messageUUID } = await client().messages.send(sms('Signed'));
    const { headers, body } = await stage.it.hook(statusOf(messageUUID, 'delivered'));
    const token = headers['authorization']?.replace('Bearer ', '') ?? '';
    expect(verifySignature(token, stage.it.value('signatureSecret'))).toBe(true);
    expect(verifySignature(token, stage.it.value('nextSignatureSecret'))).toBe(false);
    const decoded = decodeJwt(token);
    expect(decoded).toMatchObject({
      claims: {
        iss: 'Vonage',
        api_key: stage.it.value('apiKey'),
        application_id: stage.it.value('applicationId'),
        payload_hash: hash('sha256', body, 'hex'),
      },
    });
  });
});

describe('what the client is refused', () => {
  it('a wrong secret: 401', async () => {
    const auth = new Auth({ apiKey: stage.it.value('apiKey'), apiSecret: 'wrong' });
    const wrong = new Vonage(auth, { apiHost: stage.it.value('url') });
    expect(await refusal(wrong.messages.send(sms('Hello')))).toMatchObject({
      status: 401,
      json: { type: 'https://developer.vonage.com/api-errors#unauthorized', title: 'Unauthorized' },
    });
  });

  it('a JWT of another application: 401', async () => {
    const other = client({ applicationId: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab' });
    expect(await refusal(other.messages.send(sms('Hello')))).toMatchObject({ status: 401 });
  });

  it('wrong parameters, each by its name: 422', async () => {
    const wrong = sms('', '+1');
    expect(await refusal(client().messages.send(wrong))).toMatchObject({
      status: 422,
      json: {
        type: 'https://developer.vonage.com/api-errors/messages#1020',
        invalid_parameters: [{ name: 'to' }, { name: 'text' }],
      },
    });
  });

  it('missing parameters: 422 with the number for it', async () => {
    const { text: _text, ...wrong } = sms('Hello');
    expect(await refusal(client().messages.send(wrong as never))).toMatchObject({
      status: 422,
      json: { type: 'https://developer.vonage.com/api-errors/messages#1010' },
    });
  });

  it('an unknown message: 404', async () => {
    const update = client().messages.updateMessage(
      '11111111-2222-4333-8444-555555555555',
      'revoked',
      undefined as never,
    );
    expect(await refusal(update)).toMatchObject({
      status: 404,
      json: { type: 'https://developer.vonage.com/api-errors#not-found' },
    });
  });

  it('revoking an SMS: 422', async () => {
    const { messageUUID } = await client().messages.send(sms('Hello'));
    const update = client().messages.updateMessage(messageUUID, 'revoked', undefined as never);
    expect(await refusal(update)).toMatchObject({ status: 422 });
  });

  it('too fast: 429 with Retry-After, and the client does not try again', async () => {
    const lift = stage.it.fault('gateway/vonage', 'throttle', { to: 0, 'retry-after': 5_000_000 });
    const before = stage.it.of('door.request').length;
    const throttled = await refusal(client().messages.send(sms('Hello')));
    lift();
    expect(throttled).toMatchObject({
      status: 429,
      json: { type: 'https://developer.vonage.com/api-errors/messages#1000', title: 'Throttled' },
    });
    expect(stage.it.of('door.request')).toHaveLength(before + 1);
  });

  it.each([
    [402, 'https://developer.vonage.com/api-errors#low-balance'],
    [403, 'https://developer.vonage.com/api-errors#forbidden'],
    [500, 'https://developer.vonage.com/api-errors#internal-error'],
    [503, 'https://developer.vonage.com/api-errors/messages#1030'],
  ])('an outage that answers %i', async (status, type) => {
    const lift = stage.it.fault('gateway/vonage', 'outage', { mode: 'error', status });
    const refused = await refusal(client().messages.send(sms('Hello')));
    lift();
    expect(refused).toMatchObject({ status, json: { type } });
  });

  it('a path, method or version that is not there: 404, and a line in the report', async () => {
    const url = stage.it.value('url');
    const before = stage.it.of('door.request').length;
    for (const [method, path] of [
      ['POST', '/v0.1/messages'],
      ['DELETE', '/v1/messages/x'],
      ['GET', '/v2/anything'],
    ] as const) {
      const response = await fetch(`${url}${path}`, { method });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ title: 'Not Found' });
    }
    const unexpected = stage.it.of('door.request').slice(before);
    expect(unexpected.map(({ operation, what }) => `${operation} ${what}`)).toEqual([
      'unexpected POST /v0.1/messages',
      'unexpected DELETE /v1/messages/x',
      'unexpected GET /v2/anything',
    ]);
  });

  it('a number that nobody has is taken, and rejected later', async () => {
    const message = sms('Hello', NOBODY);
    const { messageUUID } = await client().messages.send(message);
    const rejected = await stage.it.hook(statusOf(messageUUID, 'rejected'));
    expect(rejected.json).toMatchObject({ error: { title: 1260 } });
  });
});
