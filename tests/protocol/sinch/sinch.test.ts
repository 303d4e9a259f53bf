import { ConversationCallbackWebhooks } from '@sinch/sdk-core';
import { describe, expect, it } from 'vitest';
import { readFields } from '../../../simulators/protocol/json/fields.ts';
import type { FieldProblem } from '../../../simulators/protocol/json/fields.ts';
import { decodeJwt } from '../../../simulators/protocol/jwt/decode.ts';
import { plainText, readAppMessage } from '../../../simulators/protocol/sinch/app-message.ts';
import {
  readCapabilityQuery,
  readSinchEvent,
  readSinchSend,
} from '../../../simulators/protocol/sinch/request.ts';
import type { SinchMessage } from '../../../simulators/protocol/sinch/app-message.ts';
import { createSinchTokenIssuer } from '../../../simulators/protocol/sinch/token-issuer.ts';
import { signSinchCallback } from '../../../simulators/protocol/sinch/webhook.ts';

const NOW = 1_780_000_000;

function messageOf(json: object, problems: FieldProblem[]): SinchMessage | undefined {
  const reader = readFields(json, problems, 'message');
  return reader === undefined ? undefined : readAppMessage(reader, problems);
}

function problemsOf<T>(read: (value: unknown, problems: FieldProblem[]) => T, value: unknown) {
  const problems: FieldProblem[] = [];
  const result = read(value, problems);
  return { result, problems: problems.map(({ field, kind }) => `${kind} ${field}`) };
}

const identity = { channel: 'RCS', identity: '+447700900000' };
const recipient = { identified_by: { channel_identities: [identity] } };
const text = { text_message: { text: 'Hello' } };
const send = { app_id: 'app', recipient, message: text };

describe('messages:send', () => {
  it('reads recipient, order of channels, limits and texts of their own', () => {
    const { result, problems } = problemsOf(readSinchSend, {
      ...send,
      message: { ...text, explicit_channel_omni_message: { SMS: { text_message: { text: 'S' } } } },
      channel_priority_order: ['RCS', 'SMS'],
      channel_properties: { SMS_SENDER: 'Bank' },
      ttl: '30s',
      queue: 'HIGH_PRIORITY',
      message_metadata: 'm',
      correlation_id: 'c',
    });
    expect(problems).toEqual([]);
    expect(result).toMatchObject({
      appId: 'app',
      recipient: { identities: [identity] },
      message: { text: 'Hello' },
      explicit: { SMS: { text: 'S' } },
      channels: ['RCS', 'SMS'],
      ttlMicros: 30_000_000,
    });
  });

  it.each([
    [{ ...send, app_id: undefined }, ['missing app_id']],
    [{ ...send, recipient: {} }, ['invalid recipient']],
    [{ ...send, recipient: { contact_id: 'c', ...recipient } }, ['invalid recipient']],
    [{ ...send, message: {} }, ['invalid message']],
    [{ ...send, message: { ...text, media_message: { url: 'u' } } }, ['invalid message']],
    [{ ...send, message: { text_message: {} } }, ['missing message.text_message.text']],
    [{ ...send, channel_priority_order: ['FAX'] }, ['invalid channel_priority_order[0]']],
    [{ ...send, ttl: 30 }, ['invalid ttl']],
    [{ ...send, surprise: 1 }, ['unknown surprise']],
  ])('refuses %j', (value, expected) => {
    const { result, problems } = problemsOf(readSinchSend, value);
    expect(result).toBeUndefined();
    expect(problems).toEqual(expected);
  });

  it('transcodes choices to numbered lines where a channel has no buttons', () => {
    const choices = [{ text_message: { text: 'Yes' }, postback_data: 'y' }];
    const choice_message = { text_message: { text: 'Well?' }, choices };
    const problems: FieldProblem[] = [];
    const read = messageOf({ choice_message }, problems);
    expect(problems).toEqual([]);
    expect(read).toEqual({
      text: 'Well?',
      choices: [{ label: 'Yes', postback: 'y', does: 'reply' }],
      media: [],
    });
    expect(plainText(read!)).toBe('Well?\n1. Yes');
  });

  it.each([
    ['card_message', { title: 'T', description: 'D', media_message: { url: 'u' } }, 'T\nD'],
    ['media_message', { url: 'u' }, 'u'],
    ['location_message', { title: 'T', coordinates: { latitude: 1, longitude: 2 } }, 'T'],
    ['contact_info_message', { name: { full_name: 'Ana' } }, 'Ana'],
    ['template_message', { omni_template: { parameters: { code: '123' } } }, '123'],
    ['carousel_message', { cards: [{ title: 'A' }, { title: 'B' }] }, 'A\nB'],
    [
      'list_message',
      { title: 'L', sections: [{ items: [{ choice: { title: 'One', postback_data: '1' } }] }] },
      'L',
    ],
  ])('shows of a %s what a phone would', (kind, body, expected) => {
    const problems: FieldProblem[] = [];
    expect(messageOf({ [kind]: body }, problems)?.text).toBe(expected);
    expect(problems).toEqual([]);
  });
});

describe('the other requests', () => {
  it('asks for capabilities of a recipient', () => {
    const ask = { app_id: 'app', recipient, request_id: 'r-1' };
    expect(problemsOf(readCapabilityQuery, ask).result).toMatchObject({ requestId: 'r-1' });
    expect(problemsOf(readCapabilityQuery, { ...ask, x: 1 }).problems).toEqual(['unknown x']);
  });

  it('sends one kind of event', () => {
    const event = { app_id: 'app', recipient, event: { composing_event: {} } };
    expect(problemsOf(readSinchEvent, event).problems).toEqual([]);
    expect(problemsOf(readSinchEvent, { ...event, event: {} }).problems).toEqual(['invalid event']);
  });
});

describe('the token endpoint', () => {
  const issuer = createSinchTokenIssuer({
    keyId: 'id',
    keySecret: 'secret',
    projectId: 'p',
    signingSecret: 'x',
    now: () => NOW,
    jti: () => 'j',
  });
  const basic = `Basic ${Buffer.from('id:secret').toString('base64')}`;
  const form = Buffer.from('grant_type=client_credentials');

  it('gives a JWT whose end its client can read', () => {
    const { status, body } = issuer.handle(form, basic);
    expect(status).toBe(200);
    const { access_token: token, expires_in: life } = JSON.parse(body);
    expect(life).toBe(3600);
    expect(decodeJwt(token)).toMatchObject({ claims: { exp: NOW + 3600, jti: 'j' } });
    expect(issuer.check(`Bearer ${token}`)).toBe('bearer');
  });

  it('tells an expired token from an unknown one', () => {
    let now = NOW;
    const short = createSinchTokenIssuer({
      keyId: 'id',
      keySecret: 'secret',
      projectId: 'p',
      signingSecret: 'x',
      now: () => now,
      jti: () => 'j',
      life: () => ({ seconds: 60, toldSeconds: 60 }),
    });
    const header = `Bearer ${JSON.parse(short.handle(form, basic).body).access_token}`;
    now += 60;
    expect(short.check(header)).toBe('expired');
    expect(short.check(`${header}x`)).toBe('unknown');
    expect(short.check(basic)).toBe('basic');
    expect(short.check(undefined)).toBe('missing');
  });

  it('refuses wrong keys and other grants', () => {
    expect(issuer.handle(form, 'Basic eDp5')).toMatchObject({ status: 401 });
    expect(issuer.handle(Buffer.from('grant_type=password'), basic)).toMatchObject({ status: 400 });
  });
});

describe('a callback', () => {
  it("holds before the vendor's own check", () => {
    const body = JSON.stringify({ message_delivery_report: { status: 'DELIVERED' } });
    const headers = signSinchCallback(body, { secret: 's', nonce: 'n', timestamp: NOW });
    const check = new ConversationCallbackWebhooks('s');
    expect(check.validateAuthenticationHeader(headers, body)).toBe(true);
    expect(check.validateAuthenticationHeader(headers, JSON.parse(body))).toBe(true);
    expect(check.validateAuthenticationHeader(headers, `${body} `)).toBe(false);
    expect(headers['x-sinch-webhook-signature-algorithm']).toBe('HmacSHA256');
  });
});
