/** What takes hours at Sinch, and the order of what happens there. */
import { describe, expect, it } from 'vitest';
import { ANA, BEN, virtualStage } from './vendor-stage.ts';

async function ready(options: Parameters<typeof virtualStage>[1] = {}) {
  const stage = await virtualStage('sinch', options);
  const pair = `${stage.value('keyId')}:${stage.value('keySecret')}`;
  const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
  const path = `/v1/projects/${stage.value('projectId')}`;
  const api = (method: string, rest: string, body?: unknown, authorization = basic) =>
    stage.call(method, `${path}${rest}`, body, { authorization });
  const send = (number: string, message: object, more: object = {}) =>
    api('POST', '/messages:send', {
      app_id: stage.value('appId'),
      recipient: {
        identified_by: {
          channel_identities: [
            { channel: 'RCS', identity: number },
            { channel: 'SMS', identity: number },
          ],
        },
      },
      message,
      ...more,
    });
  const reports = () =>
    stage.hooks.map(({ json }) => {
      const report = json['message_delivery_report'] as
        { status: string; channel_identity: { channel: string } } | undefined;
      return `${report?.channel_identity.channel} ${report?.status}`;
    });
  return { ...stage, api, send, reports, basic };
}

const text = (value: string) => ({ text_message: { text: value } });

describe('the order of channels', () => {
  it('is left when a message has expired: no other channel is tried', async () => {
    const stage = await ready();
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    await stage.send(ANA, text('Hi'), { ttl: '30s' });
    await stage.run(60);
    expect(stage.reports()).toEqual(['RCS QUEUED_ON_CHANNEL', 'RCS FAILED']);
    expect(stage.hooks[1]?.json).toMatchObject({
      message_delivery_report: { reason: { code: 'MESSAGE_EXPIRED' } },
    });
    expect(stage.of('callback.sent').map(({ implies }) => implies)).toEqual(['sent', 'failed']);
  });

  it('goes on where a channel refuses, with a text of its own for it', async () => {
    const stage = await ready();
    const own = { explicit_channel_omni_message: { SMS: text('By SMS.') } };
    await stage.send(BEN, { ...text('By RCS.'), ...own });
    await stage.run();
    expect(stage.reports()).toEqual([
      'RCS SWITCHING_CHANNEL',
      'SMS QUEUED_ON_CHANNEL',
      'SMS DELIVERED',
    ]);
    expect(stage.of('callback.sent')[0]).toMatchObject({
      meaning: [{ channels: ['rcs'], scope: { person: 'ben' }, says: 'unavailable' }],
    });
    expect(stage.of('callback.sent')[0]).not.toHaveProperty('implies');
  });

  it('takes only channels for which the contact has an identity', async () => {
    const stage = await ready();
    const recipient = {
      identified_by: { channel_identities: [{ channel: 'RCS', identity: BEN }] },
    };
    await stage.send(BEN, text('Hi'), { recipient, channel_priority_order: ['RCS', 'SMS'] });
    await stage.run();
    expect(stage.reports()).toEqual(['RCS SWITCHING_CHANNEL', 'SMS FAILED']);
  });
});

describe('tokens', () => {
  it('end after an hour, and the challenge says that they are expired', async () => {
    const stage = await ready();
    const form = 'grant_type=client_credentials';
    const authorization = stage.basic;
    const { json } = await stage.call('POST', '/oauth2/token', form, { authorization });
    const bearer = `Bearer ${String(json['access_token'])}`;
    expect((await stage.api('GET', '/messages', undefined, bearer)).status).toBe(200);
    await stage.run(3_600);
    const late = await stage.api('GET', '/messages', undefined, bearer);
    expect(late.status).toBe(401);
    expect(late.headers.get('www-authenticate')).toContain('expired');
    const wrong = await stage.api('GET', '/messages', undefined, 'Bearer x');
    expect(wrong.headers.get('www-authenticate')).not.toContain('expired');
  });
});

describe('what people write', () => {
  it('comes as MESSAGE_INBOUND, and a tapped choice with the message that asked', async () => {
    const stage = await ready();
    const choices = [{ text_message: { text: 'Yes' }, postback_data: 'answer=yes' }];
    const question = { choice_message: { text_message: { text: 'Well?' }, choices } };
    const sent = await stage.send(ANA, question, { message_metadata: 'ctx' });
    await stage.run();
    const before = stage.hooks.length;
    stage.world.reply('ana', 'Yes', undefined, { postback: 'answer=yes' });
    stage.world.reply('ana', 'Hello bank');
    stage.world.reply('ben', 'By SMS');
    await stage.run();
    const id = sent.json['message_id'];
    const messages = stage.hooks.slice(before).map(({ json }) => json['message']);
    expect(messages).toHaveLength(3);
    expect(messages).toContainEqual(
      expect.objectContaining({
        direction: 'TO_APP',
        metadata: 'ctx',
        contact_message: {
          choice_response_message: { message_id: id, postback_data: 'answer=yes' },
        },
      }),
    );
    expect(messages).toContainEqual(
      expect.objectContaining({ contact_message: { text_message: { text: 'Hello bank' } } }),
    );
    expect(messages).toContainEqual(
      expect.objectContaining({
        channel_identity: { channel: 'SMS', identity: BEN, app_id: stage.value('appId') },
      }),
    );
    expect(stage.of('business.received')).toHaveLength(3);
    const listed = await stage.api('GET', '/messages?direction=TO_APP');
    expect(listed.json['messages']).toHaveLength(3);
  });
});

describe('callbacks', () => {
  it('are repeated for 5xx and 429 and silence, not for other refusals', async () => {
    const answers = [503, 429, 200, 404];
    const stage = await ready({ answer: (_hook, count) => answers[count - 1] ?? 200 });
    await stage.send(BEN, text('Hi'), { channel_priority_order: ['SMS'] });
    await stage.run(120);
    const attempts = stage.of('callback.answered').map(({ status }) => status);
    expect(attempts).toEqual(['503', '429', '200', '404']);
    expect(stage.of('lost')).toHaveLength(1);
  });

  it('go to the callback_url of the message, by its public address', async () => {
    const stage = await ready({ publicBase: 'https://public.example' });
    const callback_url = 'https://public.example/sinch';
    await stage.send(ANA, text(stage.plan('alerts-1')), { callback_url, correlation_id: 'c' });
    await stage.run();
    expect(stage.hooks.map(({ path }) => path)).toEqual(['/sinch', '/sinch', '/sinch']);
    expect(stage.hooks[0]?.json).toMatchObject({ correlation_id: 'c' });
  });
});

describe('queries', () => {
  it('refuse what they do not have', async () => {
    const stage = await ready();
    expect(await stage.api('GET', '/messages?colour=red')).toMatchObject({ status: 400 });
    expect(await stage.api('GET', '/messages?page_size=0')).toMatchObject({ status: 400 });
    const both = { channel_identities: ['1'], contact_ids: ['2'] };
    const last = await stage.api('POST', '/messages:fetch-last-message', both);
    expect(last.status).toBe(400);
  });
});
