/** Multimedia messages of businesses: from the vendor's API through the MMS centre to the phone. */
import { Auth } from '@vonage/auth';
import { MMSImage, MMSText } from '@vonage/messages';
import { Vonage } from '@vonage/server-sdk';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { carrier } from '../world/stage.ts';
import { sinchClient } from './sinch-client.ts';
import { twilioClient } from './twilio-client.ts';
import { ANA, BEN, socketStage, virtualStage } from './vendor-stage.ts';

const QUICK = [1_000, 2_000] as const;
const mms = { maxBytes: 2_000, delayMicros: QUICK };
const withMms = (over: Partial<typeof mms> = {}) => ({
  carriers: [
    carrier('northtel', { delayMicros: { rcs: QUICK, sms: QUICK }, mms: { ...mms, ...over } }),
  ],
});

const picture = (body = 'GIF89a'): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'image/gif' },
  body,
});

async function onSockets(gateway: string) {
  const stage = await socketStage(gateway, {
    world: withMms(),
    answer: ({ path }) => {
      if (path === '/cat.gif') return picture();
      if (path === '/large.gif') return picture('x'.repeat(3_000));
      return path === '/gone.gif' ? 404 : 200;
    },
  });
  onTestFinished(stage.stop);
  const arrived = (message: string) =>
    expect
      .poll(() => stage.of('device.displayed').filter((event) => event.message === message))
      .toMatchObject([{ person: 'ben', channel: 'mms', padlock: false }]);
  const file = { person: 'ben', attachment: 'cat.gif', part: 'file', bytes: 6 };
  return { ...stage, arrived, file, url: (name: string) => `${stage.baseUrl}/${name}` };
}

describe('twilio: a number of the account', () => {
  const ready = async () => {
    const stage = await onSockets('twilio');
    const client = twilioClient(stage.value);
    const send = (body: string, ...names: readonly string[]) =>
      client.messages.create({
        to: `+${BEN}`,
        from: stage.value('phoneNumber'),
        statusCallback: `${stage.baseUrl}/hooks`,
        mediaUrl: names.map(stage.url),
        ...(body === '' ? {} : { body }),
      });
    const told = (sid: string, status: string) =>
      stage.hook(({ json }) => json['MessageSid'] === sid && json['MessageStatus'] === status);
    return { ...stage, client, send, told };
  };

  test('sends media by MMS, and is told that it was delivered', async () => {
    const stage = await ready();
    const { sid, numMedia } = await stage.send(stage.plan('mms-1', 'ben'), 'cat.gif');
    expect(numMedia).toBe('1');
    await stage.arrived('mms-1');
    expect(stage.of('attachment.displayed')).toMatchObject([{ ...stage.file, message: 'mms-1' }]);
    const { json } = await stage.told(sid, 'delivered');
    expect(json['RawDlrDoneDate']).toMatch(/^\d{10}$/);
    expect((await stage.client.messages(sid).fetch()).status).toBe('delivered');
    const [request] = stage.of('door.request').filter(({ operation }) => operation === 'send');
    expect(request).toMatchObject({ channel: 'mms', message: 'mms-1' });
    const hops = stage.of('carried').filter(({ channel }) => channel === 'mms');
    expect(hops[0]).toMatchObject({ parent: `twilio:${sid}`, to: 'carrier/northtel/mms' });
  });

  test('sends pictures without words', async () => {
    const stage = await ready();
    const { sid } = await stage.send('', 'cat.gif');
    await stage.told(sid, 'delivered');
    expect(stage.of('device.notified')).toMatchObject([{ person: 'ben' }]);
    expect(stage.of('attachment.displayed')).toMatchObject([stage.file]);
  });

  test('is told of what is larger than the carrier takes', async () => {
    const stage = await ready();
    const { sid } = await stage.send('Look', 'large.gif');
    const { json } = await stage.told(sid, 'undelivered');
    expect(json['ErrorCode']).toBe('11751');
    expect(stage.of('mms.notified')).toEqual([]);
  });
});

describe('vonage: the channel mms', () => {
  const ready = async () => {
    const stage = await onSockets('vonage');
    const { value } = stage;
    const applicationId = value('applicationId');
    const auth = new Auth({ applicationId, privateKey: value('privateKey') });
    const { messages } = new Vonage(auth, { apiHost: value('url') });
    const told = (uuid: string, status: string) =>
      stage.hook(({ json }) => json['message_uuid'] === uuid && json['status'] === status);
    const image = (name: string, caption: string) =>
      new MMSImage({ to: BEN, from: '447700900999', image: { url: stage.url(name), caption } });
    return { ...stage, messages, told, image };
  };

  test('brings a picture with its caption: submitted, delivered', async () => {
    const stage = await ready();
    const caption = stage.plan('mms-1', 'ben');
    const { messageUUID } = await stage.messages.send(stage.image('cat.gif', caption));
    await stage.arrived('mms-1');
    expect(stage.of('attachment.displayed')).toMatchObject([stage.file]);
    const { json } = await stage.told(messageUUID, 'delivered');
    expect(json).toMatchObject({ channel: 'mms', to: BEN });
    const submitted = await stage.told(messageUUID, 'submitted');
    expect(submitted.json['usage']).toEqual({ currency: 'EUR', price: '0.0150' });
  });

  test('brings words alone', async () => {
    const stage = await ready();
    const text = stage.plan('mms-1', 'ben');
    await stage.messages.send(new MMSText({ to: BEN, from: '447700900999', text }));
    await stage.arrived('mms-1');
    expect(stage.of('mms.retrieved')).toMatchObject([{ parts: ['text/plain'] }]);
  });

  test('rejects what cannot be fetched, and the failover goes on', async () => {
    const stage = await ready();
    const failover = {
      channel: 'sms',
      message_type: 'text',
      to: BEN,
      from: 'Bank',
      text: 'See us',
    };
    const message = Object.assign(stage.image('gone.gif', 'Look'), { failover: [failover] });
    const { messageUUID } = await stage.messages.send(message);
    const { json } = await stage.told(messageUUID, 'rejected');
    expect(json).toMatchObject({ error: { title: 1020 }, workflow: { items_number: '1' } });
    await expect
      .poll(() => stage.of('device.received'))
      .toMatchObject([{ person: 'ben', channel: 'sms' }]);
    expect(stage.of('medium.fetched')).toMatchObject([
      { by: 'gateway/vonage', outcome: 'missing', status: '404', person: 'ben' },
    ]);
  });
});

test('sinch: the channel MMS brings cards and media, or tells why not', async () => {
  const stage = await onSockets('sinch');
  const { value } = stage;
  const conversation = sinchClient(value);
  const send = (message: object, order = ['MMS']) =>
    conversation.messages.send({
      sendMessageRequestBody: {
        app_id: value('appId'),
        recipient: {
          identified_by: {
            channel_identities: order.map((channel) => ({ channel, identity: BEN })),
          },
        },
        message,
        channel_priority_order: order,
        channel_properties: { MMS_SENDER: '12065550100' },
      } as never,
    });
  const reported = (id: string | undefined, status: string) =>
    stage.hook(({ json }) => {
      const report = json['message_delivery_report'] as Record<string, unknown> | undefined;
      return report?.['message_id'] === id && report?.['status'] === status;
    });
  const card = { title: stage.plan('mms-1', 'ben'), media_message: { url: stage.url('cat.gif') } };
  const sent = await send({ card_message: card });
  await stage.arrived('mms-1');
  expect(stage.of('attachment.displayed')).toMatchObject([stage.file]);
  const { json } = await reported(sent.message_id, 'DELIVERED');
  expect(json['message_delivery_report']).toMatchObject({
    channel_identity: { channel: 'MMS', identity: BEN },
  });
  const gone = await send({ media_message: { url: stage.url('gone.gif') } }, ['MMS', 'SMS']);
  const switched = await reported(gone.message_id, 'SWITCHING_CHANNEL');
  expect(switched.json['message_delivery_report']).toMatchObject({
    reason: { code: 'MEDIA_NOT_REACHABLE' },
  });
  const large = await send({ media_message: { url: stage.url('large.gif') } });
  const failed = await reported(large.message_id, 'FAILED');
  expect(failed.json['message_delivery_report']).toMatchObject({
    reason: { code: 'MEDIA_TOO_LARGE' },
  });
});

describe('on the way', () => {
  const ready = async (over: Parameters<typeof virtualStage>[1] = {}) => {
    const state: { answer: number | WireResponse } = { answer: picture() };
    const stage = await virtualStage('vonage', {
      world: withMms(),
      answer: ({ path }) => (path === '/cat.gif' ? state.answer : 200),
      ...over,
    });
    const pair = `${stage.value('apiKey')}:${stage.value('apiSecret')}`;
    const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    const send = (caption: string, more: object = {}) => {
      const image = { url: 'http://implementation.test/cat.gif', caption };
      const message = { channel: 'mms', message_type: 'image', to: ANA, from: '12065550100' };
      return stage.call('POST', '/v1/messages', { ...message, image, ...more }, headers);
    };
    const told = () => stage.hooks.flatMap(({ json }) => json['status'] ?? []);
    return { ...stage, state, send, told };
  };

  test('a centre that is down is waited for', async () => {
    const stage = await ready();
    const lift = stage.fault('carrier/northtel/mms', 'outage', { mode: 'refuse' });
    await stage.send(stage.plan('mms-1'));
    await stage.run(30);
    expect(stage.told()).toEqual(['submitted']);
    expect(stage.world.unfinished()).not.toEqual([]);
    lift();
    await stage.run(60);
    expect(stage.told()).toEqual(['submitted', 'delivered']);
    expect(stage.of('device.displayed')).toMatchObject([{ message: 'mms-1', channel: 'mms' }]);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('a phone without a network gets it later, or never once its time is over', async () => {
    const stage = await ready();
    const lift = stage.fault('person/ana/device/1', 'offline');
    await stage.send('soon over', { ttl: 60 });
    await stage.send('long kept');
    await stage.run(120);
    expect(stage.told()).toEqual(['submitted', 'submitted', 'rejected']);
    lift();
    await stage.run(120);
    expect(stage.told().at(-1)).toBe('delivered');
    expect(stage.of('mms.retrieved')).toHaveLength(1);
  });

  test('a carrier without MMS refuses it', async () => {
    const stage = await ready({ world: {}, answer: () => picture() });
    await stage.send('Look');
    await stage.run(30);
    const [hook] = stage.hooks.filter(({ json }) => json['status'] === 'rejected');
    expect(hook?.json['error']).toMatchObject({ title: 1260 });
  });

  test('a cut between gateway and centre holds it back', async () => {
    const stage = await ready();
    const lift = stage.fault('gateway/vonage', 'partition', { from: 'carrier/northtel/mms' });
    await stage.send(stage.plan('mms-1'));
    await stage.run(30);
    expect(stage.of('mms.notified')).toEqual([]);
    lift();
    await stage.run(60);
    expect(stage.told()).toEqual(['submitted', 'delivered']);
  });

  test('what stands in a picture is seen by the gateway and the carrier', async () => {
    const stage = await ready();
    stage.state.answer = picture(`GIF89a ${stage.plan('secret-1')}`);
    await stage.send('Look');
    await stage.run(30);
    const seen = stage.of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(new Set(seen.map(({ observer }) => observer))).toEqual(new Set(['gateway', 'carrier']));
    expect(seen.every(({ channel }) => channel === 'mms')).toBe(true);
  });
});

test('without MMS at the carrier, Twilio sends the addresses by SMS', async () => {
  const stage = await socketStage('twilio', { answer: () => picture() });
  onTestFinished(stage.stop);
  const client = twilioClient(stage.value);
  const mediaUrl = [`${stage.baseUrl}/cat.gif`];
  await client.messages.create({ to: `+${BEN}`, from: stage.value('phoneNumber'), mediaUrl });
  await expect.poll(() => stage.of('device.received')).toHaveLength(1);
  expect(stage.of('carried').map(({ channel }) => channel)).not.toContain('mms');
});
