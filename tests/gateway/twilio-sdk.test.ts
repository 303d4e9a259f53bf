/** `twilio` 6.2.0, as published, against the personality: every operation and its answers. */
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANA, BEN, NOBODY, socketStage } from './vendor-stage.ts';
import { errorOf, twilioClient } from './twilio-client.ts';
import type { Hook } from './vendor-stage.ts';

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

function statusOf(sid: string, status: string): (hook: Hook) => boolean {
  return ({ json }) => json['MessageSid'] === sid && json['MessageStatus'] === status;
}

/** Does the SDK accept the signature of what the gateway sent? */
function holds({ path, headers, json }: Hook, token = value('authToken')): boolean {
  const signature = headers['x-twilio-signature'] ?? '';
  return twilio.validateRequest(token, signature, stage.it.baseUrl + path, json);
}

describe('the unmodified client sends', () => {
  test('by SMS from a number, and is told sent and delivered with a true signature', async () => {
    const message = await stage.client.messages.create({
      to: `+${BEN}`,
      from: value('phoneNumber'),
      body: stage.it.plan('texts-1', 'ben'),
      statusCallback: `${stage.it.baseUrl}/hooks?of=texts`,
    });
    expect(message).toMatchObject({
      accountSid: value('accountSid'),
      apiVersion: '2010-04-01',
      direction: 'outbound-api',
      status: 'queued',
      numSegments: '1',
      numMedia: '0',
      errorCode: null,
      messagingServiceSid: null,
    });
    expect(message.dateCreated).toBeInstanceOf(Date);
    const sent = await stage.it.hook(statusOf(message.sid, 'sent'));
    const delivered = await stage.it.hook(statusOf(message.sid, 'delivered'));
    expect(delivered.path).toBe('/hooks?of=texts');
    expect(delivered.json).toMatchObject({
      SmsSid: message.sid,
      SmsStatus: 'delivered',
      AccountSid: value('accountSid'),
      From: value('phoneNumber'),
      To: `+${BEN}`,
      ApiVersion: '2010-04-01',
      RawDlrDoneDate: expect.stringMatching(/^\d{10}$/),
    });
    for (const hook of [sent, delivered]) {
      expect(holds(hook)).toBe(true);
      expect(holds(hook, value('nextAuthToken'))).toBe(false);
      expect(holds({ ...hook, json: { ...hook.json, MessageStatus: 'read' } })).toBe(false);
    }
    const shown = () =>
      stage.it.of('device.displayed').filter((event) => event.message === 'texts-1');
    await expect.poll(shown).toMatchObject([{ person: 'ben', channel: 'sms' }]);
  });

  test('by a Messaging Service, which tries RCS first and tells read', async () => {
    const message = await stage.client.messages.create({
      to: `+${ANA}`,
      messagingServiceSid: value('messagingServiceSid'),
      body: stage.it.plan('rich-1'),
    });
    expect(message).toMatchObject({ status: 'accepted', numSegments: '0', from: null });
    const delivered = await stage.it.hook(statusOf(message.sid, 'delivered'));
    expect(delivered.json).toMatchObject({
      From: value('rcsSender'),
      To: `rcs:+${ANA}`,
      ChannelPrefix: 'rcs',
      MessagingServiceSid: value('messagingServiceSid'),
    });
    const read = await stage.it.hook(statusOf(message.sid, 'read'));
    expect(read.json).toMatchObject({ EventType: 'READ' });
    expect(holds(read)).toBe(true);
    const fetched = await stage.client.messages(message.sid).fetch();
    expect(fetched).toMatchObject({ status: 'read', from: value('rcsSender'), numSegments: '1' });
    expect(fetched.dateSent).toBeInstanceOf(Date);
  });

  test('by the same service to a number without RCS, which gets an SMS at once', async () => {
    const message = await stage.client.messages.create({
      to: `+${BEN}`,
      messagingServiceSid: value('messagingServiceSid'),
      fallbackFrom: value('phoneNumber'),
      body: stage.it.plan('plain-1', 'ben'),
    });
    const { json } = await stage.it.hook(statusOf(message.sid, 'delivered'));
    expect(json).toMatchObject({ From: value('phoneNumber'), To: `+${BEN}` });
    const [request] = stage.it.of('door.request').filter((event) => event.message === 'plain-1');
    expect(request).toMatchObject({ channel: 'sms', wire: `twilio:${message.sid}` });
  });

  test('by RCS alone, and learns 63106 from a number that has none', async () => {
    const send = (to: string) =>
      stage.client.messages.create({
        to: `rcs:+${to}`,
        from: value('rcsSender'),
        body: 'Only rich',
        statusCallback: `${stage.it.baseUrl}/hooks`,
      });
    await stage.it.hook(statusOf((await send(ANA)).sid, 'delivered'));
    const { sid } = await send(BEN);
    const { json } = await stage.it.hook(statusOf(sid, 'failed'));
    expect(json).toMatchObject({ ErrorCode: '63106', SmsStatus: 'failed' });
    expect(await stage.client.messages(sid).fetch()).toMatchObject({
      status: 'failed',
      errorCode: 63106,
    });
    const sent = stage.it.of('callback.sent').find((event) => event.wire === `twilio:${sid}`);
    expect(sent?.meaning).toMatchObject([
      { channels: ['rcs'], scope: { person: 'ben' }, holds: 'capability-age' },
      { says: 'unavailable', holds: 'message' },
    ]);
  });

  test('to nobody, and learns 30005', async () => {
    const { sid } = await stage.client.messages.create({
      to: `+${NOBODY}`,
      from: value('phoneNumber'),
      body: 'Is anybody there?',
      statusCallback: `${stage.it.baseUrl}/hooks`,
    });
    const { json } = await stage.it.hook(statusOf(sid, 'undelivered'));
    expect(json).toMatchObject({ ErrorCode: '30005' });
  });

  test('with an API key instead of the token', async () => {
    const client = twilioClient(stage.it.value, 'api-key');
    const { sid } = await client.messages.create({
      to: `+${BEN}`,
      from: value('phoneNumber'),
      body: 'By key.',
    });
    expect((await client.messages.list({ limit: 100 })).map((one) => one.sid)).toContain(sid);
  });

  test('nothing twice: without a callback address nothing is told', async () => {
    const { sid } = await stage.client.messages.create({
      to: `+${BEN}`,
      from: value('phoneNumber'),
      body: stage.it.plan('silent-1', 'ben'),
    });
    await expect
      .poll(async () => (await stage.client.messages(sid).fetch()).status)
      .toBe('delivered');
    expect(stage.it.hooks.filter(({ json }) => json['MessageSid'] === sid)).toEqual([]);
  });
});

describe('the unmodified client', () => {
  test('lists by pages, newest first, and by recipient', async () => {
    const sids: string[] = [];
    for (const body of ['1', '2', '3', '4', '5']) {
      const to = '+999100000077';
      const message = await stage.client.messages.create({ to, from: value('phoneNumber'), body });
      sids.unshift(message.sid);
    }
    const listed = await stage.client.messages.list({ to: '+999100000077', pageSize: 2 });
    expect(listed.map(({ sid }) => sid)).toEqual(sids);
    const page = await stage.client.messages.page({ to: '+999100000077', pageSize: 2 });
    expect(page.instances).toHaveLength(2);
    const next = await page.nextPage();
    expect(next?.instances.map(({ sid }) => sid)).toEqual(sids.slice(2, 4));
    const tomorrow = new Date(Date.now() + 86_400_000);
    expect(await stage.client.messages.list({ dateSentAfter: tomorrow })).toEqual([]);
  });

  test('schedules and cancels, and is refused when there is nothing to cancel', async () => {
    const message = await stage.client.messages.create({
      to: `+${ANA}`,
      messagingServiceSid: value('messagingServiceSid'),
      body: 'Later',
      scheduleType: 'fixed',
      sendAt: new Date(Date.now() + 3_600_000),
    });
    expect(message.status).toBe('scheduled');
    const canceled = await stage.client.messages(message.sid).update({ status: 'canceled' });
    expect(canceled.status).toBe('canceled');
    const told = await stage.it.hook(statusOf(message.sid, 'canceled'));
    expect(holds(told)).toBe(true);
    const again = stage.client.messages(message.sid).update({ status: 'canceled' });
    expect(await errorOf(again)).toMatchObject({ code: 30409 });
  });

  test('redacts and deletes', async () => {
    const message = await stage.client.messages.create({
      to: `+${BEN}`,
      from: value('phoneNumber'),
      body: 'A secret',
    });
    expect((await stage.client.messages(message.sid).update({ body: '' })).body).toBe('');
    expect(await stage.client.messages(message.sid).remove()).toBe(true);
    const gone = await errorOf(stage.client.messages(message.sid).fetch());
    expect(gone).toMatchObject({ status: 404, code: 20404 });
    expect(gone.moreInfo).toContain('20404');
  });

  test('sends media, and finds what they are', async () => {
    const message = await stage.client.messages.create({
      to: `+${BEN}`,
      from: value('phoneNumber'),
      mediaUrl: ['https://media.example/1.png', 'https://media.example/2.png'],
    });
    expect(message.sid).toMatch(/^MM[\da-f]{32}$/);
    expect(message.numMedia).toBe('2');
    const media = await stage.client.messages(message.sid).media.list();
    expect(media).toHaveLength(2);
    const [first] = media;
    const fetched = await stage.client.messages(message.sid).media(first!.sid).fetch();
    expect(fetched).toMatchObject({ sid: first!.sid, parentSid: message.sid });
  });

  test('reads its account', async () => {
    const { accountSid } = { accountSid: value('accountSid') };
    const account = await stage.client.api.v2010.accounts(accountSid).fetch();
    expect(account).toMatchObject({ sid: accountSid, status: 'active' });
  });

  test('makes a service, gives it senders, and sends by it', async () => {
    const services = stage.client.messaging.v1.services;
    const service = await services.create({
      friendlyName: 'Alerts',
      statusCallback: `${stage.it.baseUrl}/hooks?service`,
      validityPeriod: 600,
    });
    expect(service).toMatchObject({ friendlyName: 'Alerts', validityPeriod: 600 });
    const empty = { to: `+${BEN}`, messagingServiceSid: service.sid, body: 'x' };
    expect(await errorOf(stage.client.messages.create(empty))).toMatchObject({ code: 21703 });
    const of = services(service.sid);
    await of.phoneNumbers.create({ phoneNumberSid: value('phoneNumberSid') });
    const pinned = { ...empty, fallbackFrom: value('phoneNumber') };
    expect(await errorOf(stage.client.messages.create(pinned))).toMatchObject({ code: 21667 });
    const sender = await of.channelSenders.create({ sid: value('rcsSenderSid') });
    expect(sender).toMatchObject({ sender: value('rcsSender'), senderType: 'RCS' });
    const named = await of.alphaSenders.create({ alphaSender: 'Bellwether' });
    expect(await of.alphaSenders(named.sid).fetch()).toMatchObject({ alphaSender: 'Bellwether' });
    expect(await of.phoneNumbers.list()).toHaveLength(1);
    expect(await of.channelSenders.list()).toHaveLength(1);
    const { sid } = await stage.client.messages.create(empty);
    const told = await stage.it.hook(statusOf(sid, 'delivered'));
    expect(told.path).toBe('/hooks?service');
    expect(holds(told)).toBe(true);
    expect(await of.alphaSenders(named.sid).remove()).toBe(true);
    expect((await of.update({ friendlyName: 'News' })).friendlyName).toBe('News');
    expect((await services.list()).map((one) => one.friendlyName)).toContain('News');
    expect(await of.remove()).toBe(true);
    expect(await errorOf(of.fetch())).toMatchObject({ status: 404 });
  });

  test('gets events as JSON, whose hash the signature covers', async () => {
    const { events } = stage.client;
    const destination = `${stage.it.baseUrl}/events`;
    const sink = await events.v1.sinks.create({
      description: 'to us',
      sinkType: 'webhook',
      sinkConfiguration: { destination, method: 'POST', batch_events: false },
    });
    expect(sink.status).toBe('active');
    const subscription = await events.v1.subscriptions.create({
      description: 'what arrives',
      sinkSid: sink.sid,
      types: [{ type: 'com.twilio.messaging.message.delivered' }],
    });
    const to = `+${BEN}`;
    await stage.client.messages.create({ to, from: value('phoneNumber'), body: 'An event' });
    const hook = await stage.it.hook(({ path }) => path.startsWith('/events'));
    expect(hook.json).toMatchObject([{ type: 'com.twilio.messaging.message.delivered' }]);
    const url = stage.it.baseUrl + hook.path;
    const signature = hook.headers['x-twilio-signature'] ?? '';
    const valid = (body: string) =>
      twilio.validateRequestWithBody(value('authToken'), signature, url, body);
    expect(valid(hook.body)).toBe(true);
    expect(valid(hook.body.replace('delivered', 'failed'))).toBe(false);
    expect(await events.v1.subscriptions(subscription.sid).remove()).toBe(true);
    expect(await events.v1.sinks(sink.sid).remove()).toBe(true);
  });

  test('is brought what people write and tap, signed', async () => {
    const { world, hook } = stage.it;
    world.reply('ana', stage.it.plan('replies-1'), 'replies-1');
    const rich = await hook(({ json }) => json['From'] === `rcs:+${ANA}`);
    expect(rich.json).toMatchObject({
      SmsStatus: 'received',
      To: value('rcsSender'),
      NumMedia: '0',
      Body: expect.stringContaining('Your code is'),
    });
    expect(holds(rich)).toBe(true);
    world.reply('ben', stage.it.plan('replies-2', 'ben'), 'replies-2');
    const plain = await hook(
      ({ json }) => json['From'] === `+${BEN}` && json['Body'] !== undefined,
    );
    expect(plain.json).toMatchObject({ To: value('phoneNumber'), SmsStatus: 'received' });
    world.reply('ana', 'Yes, it was me', undefined, { postback: 'confirm:17' });
    const tap = await hook(({ json }) => json['ButtonPayload'] !== undefined);
    expect(tap.json).toMatchObject({ ButtonText: 'Yes, it was me', ButtonPayload: 'confirm:17' });
    await expect.poll(() => stage.it.of('business.received')).toHaveLength(3);
    const received = stage.it.of('business.received');
    expect(received).toMatchObject([{ channel: 'rcs' }, { channel: 'sms' }, { channel: 'rcs' }]);
    const inbound = await stage.client.messages(String(rich.json['MessageSid'])).fetch();
    expect(inbound).toMatchObject({ direction: 'inbound', status: 'received' });
  });
});
