/** Buttons reach the phone, and a tap on what it shows comes back as each vendor sends it. */
import { RCSText } from '@vonage/messages';
import { Auth } from '@vonage/auth';
import { Vonage } from '@vonage/server-sdk';
import twilio from 'twilio';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sinchClient } from './sinch-client.ts';
import { dataOf, ready as rbmReady } from './rbm-sdk-stage.ts';
import { twilioClient } from './twilio-client.ts';
import { ANA, BEN, socketStage, virtualStage } from './vendor-stage.ts';

async function onSockets(gateway: string) {
  const stage = await socketStage(gateway);
  onTestFinished(stage.stop);
  const shown = (does: readonly string[]) =>
    expect
      .poll(() => stage.of('suggestions.shown').map((event) => event.does))
      .toContainEqual(does);
  return { ...stage, shown };
}

describe('twilio', () => {
  const ready = async () => {
    const stage = await onSockets('twilio');
    const client = twilioClient(stage.value);
    type Given = Parameters<typeof client.content.v1.contents.create>[0];
    const send = async (types: Record<string, unknown>, to = ANA, values?: object) => {
      const template = { language: 'en', types, variables: { 1: 'yes' } } as unknown as Given;
      const { sid } = await client.content.v1.contents.create(template);
      return client.messages.create({
        to: `+${to}`,
        messagingServiceSid: stage.value('messagingServiceSid'),
        contentSid: sid,
        ...(values !== undefined && { contentVariables: JSON.stringify(values) }),
      });
    };
    const tapped = (payload: string) =>
      stage.hook(({ json }) => json['ButtonPayload'] === payload).then(({ json }) => json);
    return { ...stage, send, tapped };
  };
  const quick = (body: string) => ({
    'twilio/quick-reply': {
      body,
      actions: [
        { title: 'Yes', id: 'answer={{1}}' },
        { title: 'No', id: 'answer=no' },
      ],
    },
  });

  test('a quick reply comes back as ButtonText and ButtonPayload, signed', async () => {
    const stage = await ready();
    const { sid } = await stage.send(quick(stage.plan('ask-1')), ANA, { 1: 'sure' });
    await stage.shown(['reply', 'reply']);
    expect(stage.of('suggestions.shown')).toMatchObject([
      { person: 'ana', message: 'ask-1', device: 'person/ana/device/1' },
    ]);
    stage.world.reply('ana', 'not the label', 'tap-1', { postback: 'answer=sure' });
    const json = await stage.tapped('answer=sure');
    expect(json).toMatchObject({
      ButtonText: 'Yes',
      Body: 'Yes',
      MessageType: 'button',
      ChannelPrefix: 'rcs',
      From: `rcs:+${ANA}`,
      To: stage.value('rcsSender'),
    });
    const hook = stage.hooks.find((one) => one.json === json)!;
    const { 'x-twilio-signature': signature = '' } = hook.headers;
    const url = `${stage.baseUrl}${hook.path}`;
    const token = stage.value('authToken');
    expect(twilio.validateRequest(token, signature, url, hook.json)).toBe(true);
    expect(stage.of('suggestion.tapped')).toMatchObject([
      { person: 'ana', does: 'reply', of: 'ask-1', message: 'tap-1' },
    ]);
    await expect.poll(() => stage.of('business.received')).toMatchObject([{ message: 'tap-1' }]);
    const [carried] = stage.of('carried').filter(({ parent }) => parent === `twilio:${sid}`);
    expect(stage.of('suggestion.tapped')[0]?.wire).toBe(carried?.wire);
  });

  test('four buttons stand on a card, the others are chips; both can be tapped', async () => {
    const stage = await ready();
    stage.state.answer = ({ path }) =>
      path === '/card.png'
        ? { status: 200, headers: { 'content-type': 'image/png' }, body: 'png' }
        : 200;
    const action = (title: string, more: object) => ({ title, ...more });
    await stage.send({
      'twilio/card': {
        title: 'Your flight',
        body: 'Gate 12',
        media: [`${stage.baseUrl}/card.png`],
        actions: [
          action('Pass', { type: 'URL', url: 'https://air.example/pass', id: 'pass' }),
          action('Call', { type: 'PHONE_NUMBER', phone: '+4930123456' }),
          action('Late', { type: 'QUICK_REPLY', id: 'late' }),
          action('Stop', { type: 'QUICK_REPLY', id: 'stop' }),
          action('Fine', { type: 'QUICK_REPLY', id: 'fine' }),
          action('Code', { type: 'COPY_CODE', code: 'X1' }),
        ],
      },
    });
    await stage.shown(['open-url', 'dial', 'reply', 'reply', 'reply']);
    stage.world.reply('ana', '', 'tap-1', { postback: 'fine' });
    await stage.tapped('fine');
    // The chip is gone with the first tap, what stands on the card stays.
    stage.world.reply('ana', 'made up', 'tap-2', { postback: 'fine' });
    stage.world.reply('ana', '', 'tap-3', { postback: 'pass' });
    stage.world.reply('ana', '', 'tap-4', { postback: 'Call' });
    expect(await stage.tapped('pass')).toMatchObject({ ButtonText: 'Pass' });
    expect(await stage.tapped('Call')).toMatchObject({ ButtonText: 'Call' });
    expect(stage.of('suggestion.tapped').map(({ message }) => message)).toEqual([
      'tap-1',
      'tap-3',
      'tap-4',
    ]);
  });

  test('chips go with the next message; by SMS there are none', async () => {
    const stage = await ready();
    await stage.send(quick('Well?'));
    await stage.shown(['reply', 'reply']);
    await stage.send({ 'twilio/text': { body: 'Never mind' } });
    await expect.poll(() => stage.of('device.received')).toHaveLength(2);
    await expect.poll(() => stage.of('device.notified')).toHaveLength(2);
    stage.world.reply('ana', 'made up', undefined, { postback: 'answer=no' });
    expect(await stage.tapped('answer=no')).toMatchObject({ ButtonText: 'made up' });
    await stage.send(quick('Well?'), BEN);
    await expect.poll(() => stage.of('device.notified')).toHaveLength(3);
    expect(stage.of('suggestion.tapped')).toEqual([]);
    expect(stage.of('suggestions.shown')).toHaveLength(1);
  });
});

test('vonage: a reply comes as `reply`, an action as `button`', async () => {
  const stage = await onSockets('vonage');
  const { value } = stage;
  const auth = new Auth({ applicationId: value('applicationId'), privateKey: value('privateKey') });
  const client = new Vonage(auth, { apiHost: value('url') });
  const message = new RCSText({ to: ANA, from: 'Bank', text: stage.plan('ask-1') });
  const suggestions = [
    { type: 'reply', text: 'Yes', postback_data: 'y' },
    { type: 'open_url', text: 'Look', postback_data: 'look', url: 'https://bank.example/' },
  ];
  await client.messages.send(Object.assign(message, { suggestions }));
  await stage.shown(['reply', 'open-url']);
  stage.world.reply('ana', '', 'tap-1', { postback: 'look' });
  const button = await stage.hook(({ json }) => json['message_type'] === 'button');
  expect(button.json).toMatchObject({ to: 'Bank', button: { payload: 'look', text: 'Look' } });
  await client.messages.send(Object.assign(message, { suggestions }));
  await expect.poll(() => stage.of('suggestions.shown')).toHaveLength(2);
  stage.world.reply('ana', '', 'tap-2', { postback: 'Yes' });
  const reply = await stage.hook(({ json }) => json['message_type'] === 'reply');
  expect(reply.json).toMatchObject({ to: 'Bank', reply: { id: 'y', title: 'Yes' } });
});

test('sinch: a choice names the message under which it stood, not the latest', async () => {
  const stage = await onSockets('sinch');
  const { value } = stage;
  const conversation = sinchClient(value);
  const send = (message: object) =>
    conversation.messages.send({
      sendMessageRequestBody: {
        app_id: value('appId'),
        recipient: { identified_by: { channel_identities: [{ channel: 'RCS', identity: ANA }] } },
        message,
      } as never,
    });
  const choices = [{ text_message: { text: 'Book' }, postback_data: 'book' }];
  const asked = await send({ card_message: { title: 'Trip', choices } });
  await stage.shown(['reply']);
  await send({ text_message: { text: 'By the way' } });
  await expect.poll(() => stage.of('device.notified')).toHaveLength(2);
  stage.world.reply('ana', '', 'tap-1', { postback: 'book' });
  const { json } = await stage.hook((hook) => hook.json['message'] !== undefined);
  const { contact_message: told } = json['message'] as Record<string, unknown>;
  const choice = { message_id: asked.message_id, postback_data: 'book' };
  expect(told).toEqual({ choice_response_message: choice });
});

test('rbm: a tapped action is told as one', async () => {
  const stage = await rbmReady();
  const action = {
    text: 'Call',
    postbackData: 'call',
    dialAction: { phoneNumber: '+4930123456' },
  };
  await stage.content('m-1', { text: stage.plan('ask-1'), suggestions: [{ action }] });
  await expect.poll(() => stage.of('suggestions.shown')).toMatchObject([{ does: ['dial'] }]);
  stage.world.reply('ana', '', 'tap-1', { postback: 'call' });
  const hook = await stage.hook((one) => dataOf(one)['suggestionResponse'] !== undefined);
  const suggestionResponse = { postbackData: 'call', text: 'Call', type: 'ACTION' };
  expect(dataOf(hook)).toMatchObject({ suggestionResponse });
});

test('rbm: who taps to share where they are sends the place, too', async () => {
  const stage = await rbmReady();
  const action = { text: 'Share', postbackData: 'where', shareLocationAction: {} };
  await stage.content('m-1', { text: 'Where are you?', suggestions: [{ action }] });
  await expect.poll(() => stage.of('suggestions.shown')).toHaveLength(1);
  stage.world.reply('ana', '', 'tap-1', { postback: 'where' });
  const told = await stage.hook((one) => dataOf(one)['location'] !== undefined);
  expect(dataOf(told)).toMatchObject({ location: { latitude: 52.5163, longitude: 13.3777 } });
  const tap = stage.hooks.map(dataOf).find((data) => data['suggestionResponse'] !== undefined);
  expect(tap?.['messageId']).not.toBe(dataOf(told)['messageId']);
});

test('infobip: a suggestion is paired with the message under which it stood', async () => {
  const stage = await virtualStage('infobip');
  const headers = { authorization: `App ${stage.value('apiKey')}` };
  const send = async (content: object) => {
    const message = { sender: 'Demo', destinations: [{ to: ANA }], content };
    const { json } = await stage.call('POST', '/rcs/2/messages', { messages: [message] }, headers);
    await stage.run();
    return (json['messages'] as readonly { readonly messageId: string }[])[0]?.messageId;
  };
  const suggestions = [{ type: 'REPLY', text: 'Yes', postbackData: 'y' }];
  const card = { title: 'T', suggestions };
  const asked = await send({
    type: 'CARD',
    orientation: 'VERTICAL',
    alignment: 'LEFT',
    content: card,
  });
  await send({ type: 'TEXT', text: 'By the way' });
  stage.world.reply('ana', '', 'tap-1', { postback: 'y' });
  await stage.run();
  const results = stage.hooks.at(-1)?.json['results'];
  const message = { type: 'SUGGESTION', text: 'Yes', postbackData: 'y' };
  expect(results).toMatchObject([{ pairedMessageId: asked, message }]);
});

test('a secret on a button is seen by whoever carries it', async () => {
  const stage = await virtualStage('infobip');
  const canary = stage.plan('secret-1').replace('Your code is ', '').replace(/\.$/, '');
  const content = {
    type: 'TEXT',
    text: 'Open it',
    suggestions: [{ type: 'REPLY', text: 'Open', postbackData: canary }],
  };
  const message = { sender: 'Demo', destinations: [{ to: ANA }], content };
  const headers = { authorization: `App ${stage.value('apiKey')}` };
  await stage.call('POST', '/rcs/2/messages', { messages: [message] }, headers);
  await stage.run();
  const found = stage.of('tap.scanned').filter(({ found: hits }) => hits.length > 0);
  expect(found.map(({ observer }) => observer)).toEqual(
    expect.arrayContaining(['gateway', 'carrier']),
  );
});
