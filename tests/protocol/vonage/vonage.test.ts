import { tokenGenerate, verifySignature } from '@vonage/jwt';
import { describe, expect, it } from 'vitest';
import { decodeJwt } from '../../../simulators/protocol/jwt/decode.ts';
import type { FieldProblem } from '../../../simulators/protocol/json/fields.ts';
import {
  serviceAccount,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../../simulators/protocol/oauth/service-account-key.ts';
import { createVonageAuthorization } from '../../../simulators/protocol/vonage/authorization.ts';
import { messageProblem, statusError } from '../../../simulators/protocol/vonage/errors.ts';
import { readVonageRequest } from '../../../simulators/protocol/vonage/request.ts';
import { signVonageCallback } from '../../../simulators/protocol/vonage/webhook.ts';

const APPLICATION = 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab';
/** Far ahead: the vendor's client gives no token an end that is past for the machine. */
const NOW = 4_000_000_000;

function read(value: unknown) {
  const problems: FieldProblem[] = [];
  const request = readVonageRequest(value, problems);
  return { request, problems: problems.map(({ field, kind }) => `${kind} ${field}`) };
}

const rcs = { channel: 'rcs', message_type: 'text', to: '447700900000', from: 'Bank' };
const sms = { channel: 'sms', message_type: 'text', to: '447700900000', from: 'Bank', text: 'B' };

describe('a request to the Messages API', () => {
  it('has a message and those that are sent in its place', () => {
    const { request, problems } = read({ ...rcs, text: 'A', ttl: 60, failover: [sms] });
    expect(problems).toEqual([]);
    expect(request?.messages).toMatchObject([
      { channel: 'rcs', text: 'A', ttlMicros: 60_000_000 },
      { channel: 'sms', text: 'B', ttlMicros: undefined },
    ]);
  });

  it('shows cards and media by what a phone would show of them', () => {
    const suggestions = [{ type: 'reply', text: 'Yes', postback_data: 'y' }];
    const card = { title: 'T', text: 'D', media_url: 'https://a.example/i.png', suggestions };
    const { request, problems } = read({ ...rcs, message_type: 'card', card });
    expect(problems).toEqual([]);
    expect(request?.messages[0]?.text).toBe('T\nD');
    expect(request?.messages[0]?.media).toEqual([{ url: 'https://a.example/i.png' }]);
    expect(request?.messages[0]?.suggestions).toEqual([
      { label: 'Yes', postback: 'y', does: 'reply', inCard: true },
    ]);
  });

  it('reads a custom message as what Google makes of it, else for its texts', () => {
    const reply = { text: 'Yes', postbackData: 'y' };
    const content = { text: 'Well?', suggestions: [{ reply }] };
    const custom = (contentMessage: object) =>
      read({ ...rcs, message_type: 'custom', custom: { contentMessage } }).request?.messages[0];
    expect(custom(content)).toMatchObject({
      text: 'Well?',
      suggestions: [{ label: 'Yes', postback: 'y', does: 'reply' }],
    });
    const fileUrl = 'https://a.example/i.png';
    const file = custom({ contentInfo: { fileUrl } });
    expect(file).toMatchObject({ text: fileUrl, media: [{ url: fileUrl }] });
    expect(custom({ words: 'Hi', more: ['there'] })).toMatchObject({ text: 'Hi\nthere' });
  });

  it.each([
    [{ ...rcs }, ['missing text']],
    [{ ...rcs, text: 'A', to: '+447700900000' }, ['invalid to']],
    [{ ...rcs, text: 'A', colour: 'red' }, ['unknown colour']],
    [{ ...rcs, text: 'A', ttl: 5 }, ['invalid ttl']],
    [{ ...sms, message_type: 'image' }, ['invalid message_type']],
    [{ ...sms, channel: 'fax' }, ['invalid channel']],
    [{ ...sms, failover: [{ ...sms, failover: [sms] }] }, ['unknown failover[0].failover']],
    [{ ...sms, failover: [{ ...sms, to: undefined }] }, ['missing failover[0].to']],
    ['text', ['invalid ']],
  ])('is refused when it is %j', (value, expected) => {
    const { request, problems } = read(value);
    expect(request).toBeUndefined();
    expect(problems).toEqual(expected);
  });

  it('takes messages of other channels, which this world has not', () => {
    const { request } = read({ ...sms, channel: 'whatsapp', extra: 1 });
    expect(request?.messages).toMatchObject([{ channel: 'whatsapp', text: '' }]);
  });
});

describe('the authorization of a request', () => {
  const check = createVonageAuthorization({
    apiKey: 'key',
    apiSecret: 'secret',
    applicationId: APPLICATION,
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
  });
  const { private_key: privateKey } = serviceAccount('any', '');
  const times = { issued_at: NOW, exp: NOW + 900 };
  const token = (application: string): string =>
    `Bearer ${tokenGenerate(application, privateKey, times)}`;

  it("is the vendor's own JWT, or key and secret", () => {
    expect(check(token(APPLICATION), NOW)).toEqual({ kind: 'jwt' });
    const basic = `Basic ${Buffer.from('key:secret').toString('base64')}`;
    expect(check(basic, NOW)).toEqual({ kind: 'basic' });
  });

  it.each([
    ['another application', token('other'), NOW, false],
    ['an expired one', token(APPLICATION), NOW + 900, true],
    ['one of tomorrow', token(APPLICATION), NOW - 86_400, false],
    ['a wrong secret', `Basic ${Buffer.from('key:wrong').toString('base64')}`, NOW, false],
    ['no header', undefined, NOW, false],
    ['another scheme', 'Digest abc', NOW, false],
    ['no JWT', 'Bearer abc', NOW, false],
  ])('refuses %s', (_what, header, now, expired) => {
    expect(check(header, now)).toMatchObject({ kind: 'refused', expired });
  });
});

describe('a callback', () => {
  it("holds before the vendor's own check, and hashes its body", () => {
    const facts = { secret: 's3cret', apiKey: 'key', applicationId: APPLICATION };
    const header = signVonageCallback('{"a":1}', { ...facts, nowSeconds: NOW, jti: 'j-1' });
    const token = header.slice('Bearer '.length);
    expect(verifySignature(token, 's3cret')).toBe(true);
    expect(verifySignature(token, 'another')).toBe(false);
    expect(decodeJwt(token)).toMatchObject({
      header: { alg: 'HS256', typ: 'JWT' },
      claims: {
        iss: 'Vonage',
        iat: NOW,
        jti: 'j-1',
        api_key: 'key',
        application_id: APPLICATION,
        payload_hash: '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
      },
    });
  });

  it('tells an error by its number, where the door tells it by a title', () => {
    const type = 'https://developer.vonage.com/api-errors/messages#1310';
    expect(messageProblem(1310, 'i')).toMatchObject({ type, title: 'Not suitable device' });
    expect(statusError(1310, 'i')).toMatchObject({ type, title: 1310 });
  });
});
