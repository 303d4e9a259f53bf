/** `@sinch/sdk-core` 1.4.0 as published, against the personality, with its webhook validation. */
import { ConversationCallbackWebhooks } from '@sinch/sdk-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sinchClient } from './sinch-client.ts';
import { ANA, BEN, NOBODY, socketStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

type Stage = Awaited<ReturnType<typeof socketStage>>;
const stage: { it: Stage } = { it: undefined as unknown as Stage };

beforeAll(async () => {
  stage.it = await socketStage('sinch');
});
afterAll(() => stage.it.stop());

function client(credentials: { keySecret?: string; projectId?: string } = {}) {
  const { value } = stage.it;
  return sinchClient(value, credentials);
}

function to(number: string, ...channels: readonly ('RCS' | 'SMS')[]) {
  const channel_identities = channels.map((channel) => ({ channel, identity: number }));
  return { identified_by: { channel_identities } };
}

function textTo(number: string, text: string, ...channels: readonly ('RCS' | 'SMS')[]) {
  return {
    sendMessageRequestBody: {
      app_id: stage.it.value('appId'),
      recipient: to(number, ...channels),
      message: { text_message: { text } },
      channel_priority_order: [...channels],
    },
  };
}

interface Report {
  readonly message_id: string;
  readonly status: string;
  readonly channel_identity: { readonly channel: string };
  readonly reason?: { readonly code: string };
}

function reportOf({ json }: Hook): Partial<Report> {
  return (json['message_delivery_report'] ?? {}) as Partial<Report>;
}

function reported(id: string | undefined, status: string): (hook: Hook) => boolean {
  return (hook) => reportOf(hook).message_id === id && reportOf(hook).status === status;
}

async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown as { statusCode?: number; data?: unknown },
  );
  if (error?.statusCode === undefined) throw new Error('it was not refused');
  const { statusCode: status, data } = error;
  // The client keeps the body as text.
  return { status, json: (typeof data === 'string' ? JSON.parse(data) : data) as unknown };
}

describe('the unmodified client', () => {
  it('gets one token for all its calls, sends by RCS and is told of it', async () => {
    const conversation = client();
    const text = stage.it.plan('alerts-1');
    const { message_id: id } = await conversation.messages.sendTextMessage(
      textTo(ANA, text, 'RCS', 'SMS'),
    );
    await stage.it.hook(reported(id, 'QUEUED_ON_CHANNEL'));
    await stage.it.hook(reported(id, 'DELIVERED'));
    const read = await stage.it.hook(reported(id, 'READ'));
    expect(reportOf(read).channel_identity).toMatchObject({ channel: 'RCS', identity: ANA });
    const shown = stage.it.of('device.displayed').filter(({ message }) => message === 'alerts-1');
    expect(shown).toMatchObject([{ person: 'ana', channel: 'rcs' }]);
    const before = stage.it.of('door.request').length;
    await conversation.messages.sendTextMessage(textTo(ANA, 'Again', 'RCS'));
    const after = stage.it.of('door.request').slice(before);
    expect(after.some(({ operation }) => operation === 'token')).toBe(false);
  });

  it('switches channels within the gateway, under one message id', async () => {
    const text = stage.it.plan('fallbacks-1', 'ben');
    const { message_id: id } = await client().messages.send(textTo(BEN, text, 'RCS', 'SMS'));
    const switching = await stage.it.hook(reported(id, 'SWITCHING_CHANNEL'));
    expect(reportOf(switching)).toMatchObject({
      channel_identity: { channel: 'RCS' },
      reason: { code: 'RECIPIENT_NOT_REACHABLE' },
    });
    const delivered = await stage.it.hook(reported(id, 'DELIVERED'));
    expect(reportOf(delivered)).toMatchObject({ channel_identity: { channel: 'SMS' } });
    const sends = stage.it
      .of('door.request')
      .filter(({ message }) => message === 'fallbacks-1')
      .map(({ channel, onBehalf }) => ({ channel, onBehalf }));
    expect(sends).toEqual([
      { channel: 'rcs', onBehalf: undefined },
      { channel: 'sms', onBehalf: true },
    ]);
  });

  it('tells when no channel is left', async () => {
    const { message_id: id } = await client().messages.send(textTo(NOBODY, 'Hi', 'RCS', 'SMS'));
    const failed = await stage.it.hook(reported(id, 'FAILED'));
    expect(reportOf(failed).reason).toMatchObject({ code: 'NO_CHANNELS_LEFT' });
  });

  it.each([
    ['card_message', { title: 'T', description: 'D' }],
    ['choice_message', { text_message: { text: 'Well?' }, choices: [] }],
    ['media_message', { url: 'https://a.example/i.png' }],
    ['location_message', { title: 'L', coordinates: { latitude: 1, longitude: 2 } }],
    ['contact_info_message', { name: { full_name: 'Bank' }, phone_numbers: [] }],
    ['list_message', { title: 'L', sections: [{ items: [{ choice: { title: 'One' } }] }] }],
    ['template_message', { omni_template: { template_id: 't', version: '1' } }],
    ['carousel_message', { cards: [{ title: 'A' }, { title: 'B' }] }],
  ])('sends a %s', async (kind, body) => {
    const request = textTo(ANA, '', 'RCS').sendMessageRequestBody;
    const message = { [kind]: body };
    const sent = await client().messages.send({
      sendMessageRequestBody: { ...request, message, ttl: 30 } as never,
    });
    await stage.it.hook(reported(sent.message_id, 'DELIVERED'));
  });

  it('gets, lists, changes and deletes messages', async () => {
    const { messages } = client();
    const { message_id: id = '' } = await messages.send(textTo(ANA, 'Keep', 'RCS'));
    expect(await messages.get({ message_id: id })).toMatchObject({
      id,
      direction: 'TO_CONTACT',
      app_message: { text_message: { text: 'Keep' } },
    });
    const updateMessageRequestBody = { metadata: 'mine' };
    const changed = await messages.update({ message_id: id, updateMessageRequestBody });
    expect(changed.metadata).toBe('mine');
    for (let count = 0; count < 3; count++) await messages.send(textTo(ANA, `${count}`, 'RCS'));
    const first = await messages.list({ page_size: 2, channel_identity: ANA });
    expect(first.data).toHaveLength(2);
    expect(first.hasNextPage).toBe(true);
    const second = await first.nextPage();
    expect(second.data.map((each) => each.id)).not.toContain(first.data[0]?.id);
    const all: unknown[] = [];
    for await (const each of messages.list({ page_size: 2, channel_identity: ANA })) all.push(each);
    expect(all.length).toBeGreaterThanOrEqual(4);
    const last = await messages.listLastMessagesByChannelIdentity({
      listLastMessagesByChannelIdentityRequestBody: { channel_identities: [ANA] },
    });
    expect(last.data).toHaveLength(1);
    await messages.delete({ message_id: id });
    expect(await refusal(messages.get({ message_id: id }))).toMatchObject({ status: 404 });
  });

  it('looks capabilities up, and is told by callback', async () => {
    const { capability } = client();
    for (const [number, status] of [
      [ANA, 'CAPABILITY_FULL'],
      [BEN, 'NO_CAPABILITY'],
    ] as const) {
      const answer = await capability.lookup({
        lookupCapabilityRequestBody: {
          app_id: stage.it.value('appId'),
          recipient: to(number, 'RCS'),
        },
      });
      const told = await stage.it.hook(
        ({ json }) =>
          (json['capability_notification'] as { request_id?: string } | undefined)?.request_id ===
          answer.request_id,
      );
      expect(told.json['capability_notification']).toMatchObject({
        channel: 'RCS',
        identity: number,
        capability_status: status,
      });
    }
  });

  it('sends events, and keeps contacts', async () => {
    const { events, contact } = client();
    const recipient = to(ANA, 'RCS');
    const app_id = stage.it.value('appId');
    const sendEventRequestBody = { app_id, recipient, event: { composing_event: {} } };
    expect(await events.send({ sendEventRequestBody } as never)).toHaveProperty('event_id');
    const made = await contact.create({
      contactCreateRequestBody: {
        channel_identities: [{ channel: 'SMS', identity: '4670000000' }],
        language: 'EN_US',
        display_name: 'Someone',
      },
    });
    const contact_id = made.id ?? '';
    expect(await contact.get({ contact_id })).toMatchObject({ display_name: 'Someone' });
    const listed = await contact.list({});
    expect(listed.data.map(({ id }) => id)).toContain(contact_id);
    await contact.delete({ contact_id });
    expect(await refusal(contact.get({ contact_id }))).toMatchObject({ status: 404 });
  });

  it('has its callbacks validated by its own check, and parsed', async () => {
    const { message_id: id } = await client().messages.send(textTo(BEN, 'Signed', 'SMS'));
    const { headers, body, json } = await stage.it.hook(reported(id, 'DELIVERED'));
    const check = new ConversationCallbackWebhooks(stage.it.value('webhookSecret'));
    expect(check.validateAuthenticationHeader(headers, body)).toBe(true);
    expect(check.validateAuthenticationHeader(headers, json)).toBe(true);
    expect(check.validateAuthenticationHeader(headers, `${body} `)).toBe(false);
    const other = new ConversationCallbackWebhooks(stage.it.value('nextWebhookSecret'));
    expect(other.validateAuthenticationHeader(headers, body)).toBe(false);
    expect(check.parseEvent(json)).toMatchObject({ trigger: 'MESSAGE_DELIVERY' });
    expect(headers).toMatchObject({ 'x-sinch-webhook-signature-algorithm': 'HmacSHA256' });
  });
});

describe('what the client is refused', () => {
  it('a wrong key: 401 from the token endpoint', async () => {
    const call = client({ keySecret: 'wrong' }).messages.send(textTo(ANA, 'Hi', 'RCS'));
    expect(await refusal(call)).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });

  it('another project: 403', async () => {
    const call = client({ projectId: 'other' }).messages.send(textTo(ANA, 'Hi', 'RCS'));
    expect(await refusal(call)).toMatchObject({
      status: 403,
      json: { error: { code: 403, status: 'PERMISSION_DENIED', details: [] } },
    });
  });

  it('wrong fields, each by its name: 400', async () => {
    const request = textTo(ANA, '', 'RCS').sendMessageRequestBody;
    const channel_priority_order = ['RCS', 'FAX'] as never;
    const call = client().messages.send({
      sendMessageRequestBody: { ...request, channel_priority_order, colour: 1 } as never,
    });
    const { status, json } = await refusal(call);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { status: 'INVALID_ARGUMENT' } });
    const [detail] = (json as { error: { details: { fieldViolations: object[] }[] } }).error
      .details;
    expect(detail?.fieldViolations).toMatchObject([
      { field: 'message.text_message.text' },
      { field: 'channel_priority_order[1]' },
      { field: 'colour' },
    ]);
  });

  it('a channel that the app has not: 400', async () => {
    const request = textTo(ANA, 'Hi', 'RCS').sendMessageRequestBody;
    const channel_priority_order = ['WHATSAPP'] as never;
    const call = client().messages.send({
      sendMessageRequestBody: { ...request, channel_priority_order },
    });
    expect(await refusal(call)).toMatchObject({ status: 400 });
  });

  it('an app that is not there: 404', async () => {
    const request = textTo(ANA, 'Hi', 'RCS').sendMessageRequestBody;
    const call = client().messages.send({
      sendMessageRequestBody: { ...request, app_id: 'other' },
    });
    expect(await refusal(call)).toMatchObject({ status: 404 });
  });

  it('too fast: 429 on a send, which the client does not repeat', async () => {
    const conversation = client();
    await conversation.messages.send(textTo(ANA, 'Hi', 'RCS'));
    const lift = stage.it.fault('gateway/sinch', 'throttle', { to: 0, 'retry-after': 1_000_000 });
    const before = stage.it.of('door.request').length;
    const refused = await refusal(conversation.messages.send(textTo(ANA, 'Hi', 'RCS')));
    lift();
    expect(refused).toMatchObject({
      status: 429,
      json: { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } },
    });
    expect(stage.it.of('door.request')).toHaveLength(before + 1);
  });

  it('too fast: 429 on a token, which the client repeats after Retry-After', async () => {
    const lift = stage.it.fault('gateway/sinch', 'throttle', { to: 0, 'retry-after': 1_000_000 });
    const before = stage.it.of('door.request').length;
    const sending = client().messages.send(textTo(ANA, 'Hi', 'RCS'));
    await expect.poll(() => stage.it.of('door.answered').length).toBeGreaterThan(before);
    lift();
    expect(await sending).toHaveProperty('message_id');
    const tokens = stage.it
      .of('door.request')
      .slice(before)
      .filter(({ operation }) => operation === 'token');
    expect(tokens.length).toBeGreaterThanOrEqual(2);
  }, 20_000);

  it.each([500, 503])('an outage that answers %i', async (status) => {
    const conversation = client();
    await conversation.messages.send(textTo(ANA, 'Hi', 'RCS'));
    const lift = stage.it.fault('gateway/sinch', 'outage', { mode: 'error', status });
    const refused = await refusal(conversation.messages.send(textTo(ANA, 'Hi', 'RCS')));
    lift();
    expect(refused).toMatchObject({ status, json: { error: { code: status } } });
  });

  it('a path or method that is not there: 404, and a line in the report', async () => {
    const url = stage.it.value('url');
    const before = stage.it.of('door.request').length;
    for (const path of ['/v2/projects/p/messages:send', '/v1/projects/p/templates']) {
      const response = await fetch(`${url}${path}`, { method: 'POST' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { status: 'NOT_FOUND' } });
    }
    const unexpected = stage.it.of('door.request').slice(before);
    expect(unexpected.map(({ operation }) => operation)).toEqual(['unexpected', 'unexpected']);
  });
});
