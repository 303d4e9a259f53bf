/** What takes time at Twilio's gateway: fall-back, validity, schedules, repeated callbacks. */
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { carrier } from '../world/stage.ts';
import { ANA, BEN, virtualStage } from './vendor-stage.ts';
import type { HookAnswer } from './vendor-stage.ts';

type Stage = Awaited<ReturnType<typeof virtualStage>>;
type Options = NonNullable<Parameters<typeof virtualStage>[1]>;

async function stageOf(options: Options = {}) {
  const stage = await virtualStage('twilio', options);
  const account = `/2010-04-01/Accounts/${stage.value('accountSid')}`;
  const credentials = `${stage.value('accountSid')}:${stage.value('authToken')}`;
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  return {
    ...stage,
    create: async (fields: Record<string, string>) => {
      const body = new URLSearchParams(fields).toString();
      const { status, json } = await stage.call('POST', `${account}/Messages.json`, body, headers);
      return { status, sid: String(json['sid']), json };
    },
    update: (sid: string, fields: Record<string, string>) => {
      const body = new URLSearchParams(fields).toString();
      return stage.call('POST', `${account}/Messages/${sid}.json`, body, headers);
    },
    read: (sid: string) => stage.call('GET', `${account}/Messages/${sid}.json`, undefined, headers),
    byService: () => ({ MessagingServiceSid: stage.value('messagingServiceSid') }),
    told: (sid: string) =>
      stage.hooks
        .filter(({ json }) => json['MessageSid'] === sid)
        .map(({ json }) => json['MessageStatus']),
  };
}

function sends(stage: Stage, message: string) {
  return stage
    .of('door.request')
    .filter((event) => event.operation === 'send' && event.message === message);
}

describe('a Messaging Service', () => {
  test('falls back to MMS with what has media, where the carrier has it', async () => {
    const mms = { maxBytes: 614_400, delayMicros: [1_000, 2_000] } as const;
    const stage = await stageOf({
      world: { carriers: [carrier('northtel', { mms })] },
      answer: ({ path }) =>
        path === '/cat.gif'
          ? { status: 200, headers: { 'content-type': 'image/gif' }, body: 'GIF89a' }
          : 200,
    });
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'error', status: 503 });
    const { sid } = await stage.create({
      To: `+${ANA}`,
      Body: stage.plan('alerts-1'),
      MediaUrl: 'http://implementation.test/cat.gif',
      ...stage.byService(),
    });
    await stage.run(80);
    expect(stage.of('device.displayed')).toMatchObject([{ channel: 'mms', message: 'alerts-1' }]);
    expect(stage.of('attachment.displayed')).toMatchObject([{ attachment: 'cat.gif', bytes: 6 }]);
    expect(stage.of('medium.displayed')).toEqual([]);
    const [own, onBehalf] = sends(stage, 'alerts-1');
    expect([own?.channel, onBehalf?.channel]).toEqual(['rcs', 'mms']);
    expect(stage.told(sid)).toEqual(['sent', 'delivered']);
    expect(stage.hooks.filter(({ path }) => path === '/cat.gif')).toHaveLength(1);
  });

  test('falls back to SMS when RCS does not bring it, as the sender’s own dispatch', async () => {
    const stage = await stageOf();
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'error', status: 503 });
    const text = stage.plan('alerts-1');
    const { sid } = await stage.create({ To: `+${ANA}`, Body: text, ...stage.byService() });
    await stage.run(20);
    expect(stage.of('device.displayed')).toEqual([]);
    await stage.run(60);
    expect(stage.of('device.displayed')).toMatchObject([{ channel: 'sms', message: 'alerts-1' }]);
    const [own, onBehalf] = sends(stage, 'alerts-1');
    expect(own).toMatchObject({ channel: 'rcs', wire: `twilio:${sid}` });
    expect(own?.onBehalf).toBeUndefined();
    expect(onBehalf).toMatchObject({
      channel: 'sms',
      onBehalf: true,
      wire: `twilio:${sid}/sms`,
      what: 'fall-back of the Messaging Service',
    });
    expect(stage.told(sid)).toEqual(['sent', 'delivered']);
    expect((await stage.read(sid)).json).toMatchObject({
      status: 'delivered',
      from: stage.value('phoneNumber'),
    });
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('brings the text also when its resource was redacted meanwhile', async () => {
    const stage = await stageOf();
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'error', status: 503 });
    const text = stage.plan('alerts-1');
    const { sid } = await stage.create({ To: `+${ANA}`, Body: text, ...stage.byService() });
    expect((await stage.update(sid, { Body: '' })).json['body']).toBe('');
    await stage.run(80);
    expect(stage.of('device.displayed')).toMatchObject([{ channel: 'sms', message: 'alerts-1' }]);
  });

  test('sends nothing twice when the phone has it by RCS already', async () => {
    const stage = await stageOf();
    const text = stage.plan('alerts-1');
    await stage.create({ To: `+${ANA}`, Body: text, ...stage.byService() });
    await stage.run(120);
    expect(sends(stage, 'alerts-1')).toHaveLength(1);
    expect(stage.of('device.displayed')).toHaveLength(1);
  });

  test('holds a scheduled message until its time', async () => {
    const stage = await stageOf();
    const SendAt = new Date(stage.clock.epochMillis() + 3_600_000).toISOString();
    const fields = { To: `+${ANA}`, Body: stage.plan('later-1'), ScheduleType: 'fixed', SendAt };
    const { sid, json } = await stage.create({ ...fields, ...stage.byService() });
    expect(json['status']).toBe('scheduled');
    await stage.run(3_500);
    expect(stage.told(sid)).toEqual([]);
    expect(stage.world.unfinished()).not.toEqual([]);
    await stage.run(200);
    expect(stage.told(sid)).toEqual(['sent', 'delivered', 'read']);
  });
});

describe('a message', () => {
  const direct = (stage: Stage) => ({
    To: `+${BEN}`,
    From: stage.value('phoneNumber'),
    StatusCallback: 'http://implementation.test/hooks',
  });

  test('whose validity ends is undelivered with 30036, and says so for itself', async () => {
    const stage = await stageOf();
    stage.fault('person/ben/device/1', 'offline');
    const fields = { ...direct(stage), Body: stage.plan('short-1', 'ben'), ValidityPeriod: '60' };
    const { sid } = await stage.create(fields);
    await stage.run(120);
    expect(stage.told(sid)).toEqual(['sent', 'undelivered']);
    expect((await stage.read(sid)).json).toMatchObject({ error_code: 30036 });
    const last = stage.of('callback.sent').at(-1);
    expect(last).toMatchObject({ implies: 'failed', meaning: [{ holds: 'message' }] });
  });

  test('of a carrier that has no SMS is undelivered with 30005', async () => {
    const stage = await stageOf({ world: { carriers: [] } });
    const { sid } = await stage.create({ ...direct(stage), Body: 'Hello' });
    await stage.run();
    expect((await stage.read(sid)).json).toMatchObject({
      status: 'undelivered',
      error_code: 30005,
    });
  });

  test('meets 20500 in an outage that answers anything but 503', async () => {
    const stage = await stageOf();
    stage.fault('gateway/twilio', 'outage', { mode: 'error', status: 502 });
    const { status, json } = await stage.create({ ...direct(stage), Body: 'Hello' });
    expect([status, json['code']]).toEqual([502, 20500]);
  });
});

describe('a status callback', () => {
  const send = async (told: string, answer: HookAnswer, publicBase?: string) => {
    const stage = await stageOf({
      answer,
      ...(publicBase === undefined ? {} : { publicBase }),
    });
    const { sid } = await stage.create({
      To: `+${BEN}`,
      From: stage.value('phoneNumber'),
      Body: stage.plan('texts-1', 'ben'),
      StatusCallback: told,
    });
    await stage.run();
    return { stage, sid };
  };

  test('is signed for the public address, and brought to where the program is', async () => {
    const told = 'https://notify.acme.example/hooks?of=1';
    const { stage, sid } = await send(told, () => 200, 'https://notify.acme.example');
    expect(stage.told(sid)).toEqual(['sent', 'delivered']);
    for (const { headers, json } of stage.hooks) {
      const signature = headers['x-twilio-signature'] ?? '';
      const token = stage.value('authToken');
      expect(twilio.validateRequest(token, signature, told, json)).toBe(true);
    }
  });

  test('that is refused is not repeated', async () => {
    const { stage, sid } = await send('http://implementation.test/hooks', () => 500);
    expect(stage.told(sid)).toEqual(['sent', 'delivered']);
    expect(stage.of('lost')).toHaveLength(2);
  });

  test('is repeated as its address asks for', async () => {
    const told = 'http://implementation.test/hooks#rc=2&rp=4xx,5xx';
    const { stage, sid } = await send(told, (_hook, count) => (count <= 2 ? 500 : 200));
    expect(stage.told(sid)).toHaveLength(4);
    const sent = stage.of('callback.sent').filter(({ event }) => event === 'sent');
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(stage.hooks.every(({ path }) => !path.includes('#'))).toBe(true);
  });
});
