/** What `@sinch/sdk-core` 1.4.0 manages beside messages: the app, webhooks, conversations. */
import { ConversationCallbackWebhooks } from '@sinch/sdk-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sinchClient } from './sinch-client.ts';
import { ANA, BEN, socketStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

type Stage = Awaited<ReturnType<typeof socketStage>>;
const stage: { it: Stage } = { it: undefined as unknown as Stage };

beforeAll(async () => {
  stage.it = await socketStage('sinch');
});
afterAll(() => stage.it.stop());

const value = (name: string): string => stage.it.value(name);

function client() {
  return sinchClient(value);
}

const statusOf = (call: Promise<unknown>): Promise<number | undefined> =>
  call.then(
    () => undefined,
    (thrown: unknown) => (thrown as { statusCode?: number }).statusCode,
  );

function send(number: string, channel: 'RCS' | 'SMS', text: string) {
  return client().messages.send({
    sendMessageRequestBody: {
      app_id: value('appId'),
      recipient: { identified_by: { channel_identities: [{ channel, identity: number }] } },
      message: { text_message: { text } },
    },
  });
}

const delivered =
  (path: string, id: string | undefined) =>
  (hook: Hook): boolean => {
    const report = hook.json['message_delivery_report'] as
      { message_id?: string; status?: string } | undefined;
    return hook.path === path && report?.message_id === id && report?.status === 'DELIVERED';
  };

test('the app is there, with its channels, and no other', async () => {
  const { app } = client();
  const app_id = value('appId');
  const { apps = [] } = await app.list({});
  expect(apps.map(({ id }) => id)).toEqual([app_id]);
  const found = await app.get({ app_id });
  expect(found.channel_credentials?.map(({ channel }) => channel)).toEqual(['RCS', 'SMS']);
  expect(await statusOf(app.get({ app_id: 'nothing' }))).toBe(404);
});

describe('a webhook', () => {
  const create = (path: string, triggers: readonly string[], secret = '') =>
    client().webhooks.create({
      webhookCreateRequestBody: {
        app_id: value('appId'),
        target: `${stage.it.baseUrl}${path}`,
        target_type: 'HTTP',
        secret,
        triggers: [...triggers],
      },
    } as never) as Promise<{ id?: string; target?: string; secret?: string }>;

  test('is told what it asked for, signed by its own secret, beside the declared one', async () => {
    const made = await create('/own', ['MESSAGE_DELIVERY'], 'a secret of its own');
    const { message_id: id } = await send(BEN, 'SMS', 'Hello');
    const declared = await stage.it.hook(delivered('/hooks', id));
    const own = await stage.it.hook(delivered('/own', id));
    const holds = (secret: string, { headers, body }: Hook): boolean =>
      new ConversationCallbackWebhooks(secret).validateAuthenticationHeader(headers, body);
    expect(holds('a secret of its own', own)).toBe(true);
    expect(holds(value('webhookSecret'), own)).toBe(false);
    expect(holds(value('webhookSecret'), declared)).toBe(true);
    stage.it.world.reply('ben', 'Thanks');
    await stage.it.hook(({ json }) => json['message'] !== undefined);
    expect(stage.it.hooks.filter(({ path, json }) => path === '/own' && 'message' in json)).toEqual(
      [],
    );
    await expect.poll(() => stage.it.of('business.received')).toHaveLength(1);
    await client().webhooks.delete({ webhook_id: made.id ?? '' });
    const { message_id: later } = await send(BEN, 'SMS', 'Bye');
    await stage.it.hook(delivered('/hooks', later));
    expect(stage.it.hooks.filter(delivered('/own', later))).toEqual([]);
  });

  test('at the declared address is the declared one: nobody is told twice', async () => {
    const made = await create('/hooks', ['MESSAGE_DELIVERY']);
    const { message_id: id } = await send(BEN, 'SMS', 'Once');
    await stage.it.hook(delivered('/hooks', id));
    const all = stage.it.hooks.filter(delivered('/hooks', id));
    expect(all).toHaveLength(1);
    await client().webhooks.delete({ webhook_id: made.id ?? '' });
  });

  test('is fetched, listed, changed, and gone once it is deleted', async () => {
    const { webhooks } = client();
    const made = await create('/one', ['MESSAGE_INBOUND']);
    const webhook_id = made.id ?? '';
    expect(await webhooks.get({ webhook_id })).toMatchObject({ triggers: ['MESSAGE_INBOUND'] });
    const changed = await webhooks.update({
      webhook_id,
      webhookUpdateRequestBody: { target: `${stage.it.baseUrl}/two` },
    } as never);
    expect(changed).toMatchObject({
      target: `${stage.it.baseUrl}/two`,
      triggers: ['MESSAGE_INBOUND'],
    });
    const listed = await webhooks.list({ app_id: value('appId') });
    expect(listed.webhooks?.map(({ id }) => id)).toContain(webhook_id);
    await webhooks.delete({ webhook_id });
    expect(await statusOf(webhooks.get({ webhook_id }))).toBe(404);
    expect(await statusOf(webhooks.list({ app_id: 'nothing' }))).toBe(404);
  });

  test.each([
    ['no app', { target: 'https://a.example/' }, 400],
    ['another app', { app_id: 'nothing', target: 'https://a.example/' }, 404],
    ['no address', { app_id: '', target: 'tomorrow' }, 400],
    ['a trigger that is none', { target: 'https://a.example/', triggers: ['nothing'] }, 400],
  ])('with %s is refused', async (what, body, status) => {
    const app = what === 'no app' || 'app_id' in body ? {} : { app_id: value('appId') };
    const webhookCreateRequestBody = { ...app, ...body };
    const call = client().webhooks.create({ webhookCreateRequestBody } as never);
    expect(await statusOf(call)).toBe(status);
  });
});

describe('a conversation', () => {
  test('is with each contact that was written to, and can be ended', async () => {
    const { conversation, contact } = client();
    const { message_id: id } = await send(ANA, 'RCS', 'Hello');
    await stage.it.hook(delivered('/hooks', id));
    const message = await client().messages.get({ message_id: id ?? '' });
    const conversation_id = message.conversation_id ?? '';
    const found = await conversation.get({ conversation_id });
    expect(found).toMatchObject({ active: true, active_channel: 'RCS', app_id: value('appId') });
    const contact_id = found.contact_id ?? '';
    const only_active = true;
    const listed = await conversation.list({ app_id: value('appId'), only_active } as never);
    expect(listed.data.map((one) => one.id)).toContain(conversation_id);
    await conversation.stopActive({ conversation_id });
    expect(await conversation.get({ conversation_id })).toMatchObject({ active: false });
    const still = await conversation.list({ app_id: value('appId'), only_active } as never);
    expect(still.data.map((one) => one.id)).not.toContain(conversation_id);
    await send(ANA, 'RCS', 'Again');
    expect(await conversation.get({ conversation_id })).toMatchObject({ active: true });
    const named = await contact.update({
      contact_id,
      updateContactRequestBody: { display_name: 'Ana' },
    } as never);
    expect(named).toMatchObject({ id: contact_id, display_name: 'Ana' });
    expect(await statusOf(conversation.get({ conversation_id: 'nothing' }))).toBe(404);
  });
});
