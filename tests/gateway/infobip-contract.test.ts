/** Infobip's documented bodies, by a client of our own (its SDK for Node has no RCS). */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ANA, BEN, NOBODY, virtualStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

async function ready(options: Parameters<typeof virtualStage>[1] = {}) {
  const stage = await virtualStage('infobip', options);
  const authorization = `App ${stage.value('apiKey')}`;
  const call = (method: string, path: string, body?: unknown) =>
    stage.call(method, path, body, { authorization });
  const send = (message: object) => call('POST', '/rcs/2/messages', { messages: [message] });
  return { ...stage, api: call, send };
}

type Stage = Awaited<ReturnType<typeof ready>>;

function rcsTo(number: string, text: string, more: object = {}) {
  const content = { type: 'TEXT', text };
  return { sender: 'DemoSender', destinations: [{ to: number }], content, ...more };
}

function withFailover(text: string, more: object = {}) {
  return { options: { smsFailover: { sender: 'Demo', text }, ...more } };
}

function results(hook: Hook | undefined): Record<string, unknown>[] {
  return (hook?.json['results'] ?? []) as Record<string, unknown>[];
}

function statuses({ hooks }: Stage): unknown[] {
  return hooks.flatMap((hook) =>
    results(hook).map(({ status, seenAt }) =>
      seenAt === undefined ? (status as { name?: string } | undefined)?.name : 'SEEN',
    ),
  );
}

describe('a message by RCS', () => {
  it('is accepted, delivered and seen, each told as documented', async () => {
    const stage = await ready();
    const text = stage.plan('alerts-1');
    const { status, json } = await stage.send(
      rcsTo(ANA, text, { webhooks: { callbackData: 'mine' } }),
    );
    expect(status).toBe(200);
    const accepted = { groupId: 1, groupName: 'PENDING', id: 26, name: 'MESSAGE_ACCEPTED' };
    expect(json).toMatchObject({ messages: [{ status: accepted, destination: ANA }] });
    await stage.run();
    expect(statuses(stage)).toEqual(['DELIVERED_TO_HANDSET', 'SEEN']);
    const [message] = json['messages'] as { messageId: string }[];
    expect(results(stage.hooks[0])).toMatchObject([
      {
        bulkId: json['bulkId'],
        messageId: message?.messageId,
        channel: 'RCS',
        to: ANA,
        sender: 'DemoSender',
        messageCount: 1,
        callbackData: 'mine',
        status: { groupId: 3, id: 5 },
        error: { groupId: 0, name: 'NO_ERROR', permanent: false },
        sentAt: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}\+0000$/),
      },
    ]);
    expect(results(stage.hooks[1])).toMatchObject([{ from: 'DemoSender', to: ANA }]);
    expect(stage.of('device.displayed')).toMatchObject([{ channel: 'rcs', message: 'alerts-1' }]);
  });

  it('tells states on the way where asked, at the addresses of the request', async () => {
    const stage = await ready({ publicBase: 'https://public.example' });
    const webhooks = {
      delivery: { url: 'https://public.example/dlr?a=1', intermediateReport: true },
      seen: { url: 'https://public.example/seen' },
    };
    await stage.send(rcsTo(ANA, stage.plan('alerts-1'), { webhooks }));
    await stage.run();
    expect(statuses(stage)).toEqual(['PENDING_ENROUTE', 'DELIVERED_TO_HANDSET', 'SEEN']);
    expect(stage.hooks.map(({ path }) => path)).toEqual(['/dlr?a=1', '/dlr?a=1', '/seen']);
  });

  it('is told to nobody where notify is off, and can be pulled once', async () => {
    const stage = await ready();
    await stage.send(rcsTo(BEN, 'Hello', { webhooks: { delivery: { notify: false } } }));
    await stage.run();
    expect(stage.hooks).toEqual([]);
    const first = await stage.api('GET', '/rcs/2/reports?limit=10');
    expect(first.json['results']).toMatchObject([
      { to: BEN, status: { name: 'REJECTED_DESTINATION_NOT_REGISTERED', groupId: 5 } },
    ]);
    expect((await stage.api('GET', '/rcs/2/reports')).json['results']).toEqual([]);
    const told = stage.of('door.answered').find(({ tells }) => tells !== undefined);
    expect(told).toMatchObject({
      tells: [{ implies: 'failed' }],
      meaning: [{ channels: ['rcs'], scope: { person: 'ben' }, says: 'unavailable' }],
    });
    const logs = await stage.api('GET', `/rcs/2/logs?destination=${BEN}`);
    expect(logs.json['results']).toMatchObject([{ destination: BEN }]);
  });

  it('is not sent twice under one messageId', async () => {
    const stage = await ready();
    const destinations = [{ to: ANA, messageId: 'mine-1' }];
    const text = stage.plan('alerts-1');
    await stage.send(rcsTo(ANA, text, { destinations }));
    const again = await stage.send(rcsTo(ANA, text, { destinations }));
    expect(again.json).toMatchObject({
      messages: [{ messageId: 'mine-1', status: { name: 'REJECTED_DUPLICATE_MESSAGE_ID' } }],
    });
    await stage.run();
    const sends = stage.of('door.request').filter(({ operation }) => operation === 'send');
    expect(sends.map(({ repeated }) => repeated)).toEqual([undefined, true]);
    expect(stage.of('device.displayed')).toHaveLength(1);
  });
});

describe('SMS failover', () => {
  it('goes out at once where the number has no RCS, as a dispatch of the sender', async () => {
    const stage = await ready();
    const text = stage.plan('alerts-1', 'ben');
    await stage.send(rcsTo(BEN, text, withFailover(`${text} By SMS.`)));
    await stage.run();
    expect(results(stage.hooks[0])).toMatchObject([{ channel: 'SMS', sender: 'Demo' }]);
    expect(statuses(stage)).toEqual(['DELIVERED_TO_HANDSET']);
    const sends = stage.of('door.request').map(({ channel, onBehalf, message }) => ({
      channel,
      onBehalf,
      message,
    }));
    expect(sends).toEqual([
      { channel: 'rcs', onBehalf: undefined, message: 'alerts-1' },
      { channel: 'sms', onBehalf: true, message: 'alerts-1' },
    ]);
  });

  it('waits for the validity period, and tells each step where asked', async () => {
    const stage = await ready();
    const core = stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    const webhooks = { delivery: { receiveTriggeredFailoverReports: true } };
    const validityPeriod = { amount: 30, timeUnit: 'SECONDS' };
    const failover = withFailover('By SMS.', { validityPeriod });
    await stage.send(rcsTo(ANA, 'By RCS.', { ...failover, webhooks }));
    await stage.run(29);
    expect(stage.hooks).toEqual([]);
    await stage.run(31);
    core();
    expect(statuses(stage)).toEqual(['EXPIRED_EXPIRED', 'DELIVERED_TO_HANDSET']);
    const told = stage.of('callback.sent').map(({ implies, meaning }) => ({ implies, meaning }));
    expect(told).toMatchObject([
      { implies: undefined, meaning: [{ channels: ['rcs'], says: 'unavailable' }] },
      { implies: 'delivered' },
    ]);
  });
});

describe('many at once', () => {
  it('are dispatches of their own, each with its report', async () => {
    const stage = await ready();
    const [one, two] = [stage.plan('alerts-1'), stage.plan('alerts-2', 'ben')];
    const { json } = await stage.api('POST', '/rcs/2/messages', {
      messages: [rcsTo(ANA, one), rcsTo(BEN, two, withFailover(two))],
      options: { schedule: { bulkId: 'bulk-1' } },
    });
    expect(json).toMatchObject({
      bulkId: 'bulk-1',
      messages: [{ destination: ANA }, { destination: BEN }],
    });
    await stage.run();
    const sends = stage.of('door.request').map(({ channel, message }) => `${channel} ${message}`);
    expect(sends).toEqual(['rcs alerts-1', 'rcs alerts-2', 'sms alerts-2']);
    expect(statuses(stage)).toHaveLength(3);
  });

  it('texts have the same frame', async () => {
    const stage = await ready();
    const content = { text: stage.plan('texts-1', 'ben') };
    await stage.api('POST', '/sms/3/messages', {
      messages: [{ sender: 'Demo', destinations: [{ to: BEN }], content }],
    });
    await stage.run();
    expect(statuses(stage)).toEqual(['DELIVERED_TO_HANDSET']);
    expect(stage.of('device.displayed')).toMatchObject([{ person: 'ben', channel: 'sms' }]);
  });
});

describe('reports of SMS', () => {
  it('are pulled once, and from the logs again, apart from those of RCS', async () => {
    const stage = await ready();
    await stage.send(rcsTo(ANA, 'By RCS'));
    const { json } = await stage.api('POST', '/sms/3/messages', {
      messages: [
        {
          sender: 'Demo',
          destinations: [{ to: BEN, messageId: 'mine' }],
          content: { text: 'By SMS' },
        },
      ],
    });
    await stage.run();
    const pulled = await stage.api('GET', '/sms/3/reports?limit=10');
    expect(pulled.json['results']).toMatchObject([
      {
        bulkId: json['bulkId'],
        messageId: 'mine',
        to: BEN,
        sender: 'Demo',
        status: { name: 'DELIVERED_TO_HANDSET' },
        error: { name: 'NO_ERROR' },
      },
    ]);
    expect(stage.of('door.answered').at(-1)).toMatchObject({
      tells: [{ wire: 'infobip:mine', implies: 'delivered' }],
    });
    expect((await stage.api('GET', '/sms/3/reports')).json).toMatchObject({ results: [] });
    const logs = await stage.api('GET', '/sms/3/logs?messageId=mine');
    expect(logs.json['results']).toMatchObject([{ messageId: 'mine', destination: BEN }]);
    const rcs = await stage.api('GET', '/rcs/2/reports');
    expect(rcs.json['results']).toMatchObject([{ to: ANA, channel: 'RCS' }]);
  });
});

describe('capability checks', () => {
  it('answer at once, with what it means for each person', async () => {
    const stage = await ready();
    const { json } = await stage.api('POST', '/rcs/2/capability-check/query', {
      sender: 'DemoSender',
      phoneNumbers: [ANA, BEN, NOBODY],
    });
    expect(json['capabilityCheckResults']).toMatchObject([
      { phoneNumber: ANA, code: 'ENABLED' },
      { phoneNumber: BEN, code: 'UNREACHABLE' },
      { phoneNumber: NOBODY, code: 'UNREACHABLE' },
    ]);
    expect(stage.of('door.answered')[0]?.meaning).toMatchObject([
      { scope: { person: 'ana' }, says: 'available' },
      { scope: { person: 'ben' }, says: 'unavailable' },
    ]);
  });

  it('answer later at notifyUrl, each number for itself', async () => {
    const stage = await ready();
    const { json } = await stage.api('POST', '/rcs/2/capability-check/notify', {
      sender: 'DemoSender',
      phoneNumbers: [ANA, BEN],
      notifyUrl: 'http://implementation.test/capabilities',
    });
    expect(json['capabilityCheckRequestStates']).toMatchObject([
      { phoneNumber: ANA, status: 'PENDING_ENROUTE' },
      { phoneNumber: BEN, status: 'PENDING_ENROUTE' },
    ]);
    await stage.run(1);
    expect(stage.hooks.map((hook) => hook.json['capabilityCheckResult'])).toMatchObject([
      { phoneNumber: ANA, code: 'ENABLED', bulkId: json['bulkId'] },
      { phoneNumber: BEN, code: 'UNREACHABLE' },
    ]);
  });

  it('take typing and seen', async () => {
    const stage = await ready();
    const content = { type: 'TYPING_INDICATOR' };
    const event = { sender: 'D', destinations: [{ to: ANA }], content };
    const { json } = await stage.api('POST', '/rcs/1/events', { events: [event] });
    expect(json).toMatchObject({ messages: [{ destination: ANA }] });
  });
});

describe('what people write', () => {
  it('comes by RCS, and a tapped suggestion with what stood behind it', async () => {
    const stage = await ready();
    const sent = await stage.send(rcsTo(ANA, 'Well?', { webhooks: { callbackData: 'ctx' } }));
    await stage.run();
    const before = stage.hooks.length;
    stage.world.reply('ana', 'Hello bank');
    await stage.run(1);
    stage.world.reply('ana', 'Yes', undefined, { postback: 'answer=yes' });
    await stage.run();
    const [message] = sent.json['messages'] as { messageId: string }[];
    expect(stage.hooks.slice(before).flatMap(results)).toMatchObject([
      {
        sender: ANA,
        to: 'DemoSender',
        integrationType: 'RCS',
        message: { type: 'TEXT', text: 'Hello bank' },
      },
      {
        pairedMessageId: message?.messageId,
        callbackData: 'ctx',
        message: { type: 'SUGGESTION', text: 'Yes', postbackData: 'answer=yes' },
      },
    ]);
    expect(stage.of('business.received')).toHaveLength(2);
  });

  it('comes by SMS from a phone without RCS', async () => {
    const stage = await ready();
    stage.world.reply('ben', 'stop it');
    await stage.run();
    expect(results(stage.hooks[0])).toMatchObject([
      { from: BEN, to: stage.value('smsSender'), text: 'stop it', keyword: 'STOP' },
    ]);
  });
});

describe('callbacks', () => {
  it('are signed over their body, and repeated after a minute, then two', async () => {
    const answers = [500, 503, 200];
    const stage = await ready({ answer: (_hook, count) => answers[count - 1] ?? 200 });
    await stage.api('POST', '/sms/3/messages', {
      messages: [{ sender: 'Demo', destinations: [{ to: BEN }], content: { text: 'Hi' } }],
    });
    await stage.run(240);
    const sent = stage.of('callback.sent').map(({ t }) => Math.round(t / 1e6));
    expect(sent.map((at) => at - (sent[0] ?? 0))).toEqual([0, 60, 180]);
    const [{ headers, body } = { headers: {}, body: '' }] = stage.hooks;
    const hmac = createHmac('sha256', stage.value('webhookSecret')).update(body).digest('hex');
    expect((headers as Record<string, string>)['x-hub-signature']).toBe(hmac);
    expect(stage.world.unfinished()).toEqual([]);
  });
});

describe('what is refused', () => {
  const body = { messages: [rcsTo(ANA, 'Hi')] };

  it('a wrong key: 401', async () => {
    const stage = await ready();
    const answer = await stage.call('POST', '/rcs/2/messages', body, { authorization: 'App x' });
    expect(answer).toMatchObject({ status: 401, json: { errorCode: 'E401' } });
    expect(stage.of('door.answered')).toMatchObject([{ outcome: 'unauthorized' }]);
  });

  it('wrong and unknown fields, each among the violations: 400', async () => {
    const stage = await ready();
    const answer = await stage.send({ ...rcsTo(ANA, 'Hi'), from: 'x', destinations: [] });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        errorCode: 'E400',
        violations: [{ property: 'messages[0].destinations' }, { property: 'messages[0].from' }],
        resources: [{ name: 'API endpoint documentation' }],
      },
    });
  });

  it('no JSON: 400', async () => {
    const stage = await ready();
    expect(await stage.api('POST', '/rcs/2/messages', '{')).toMatchObject({ status: 400 });
  });

  it('too fast: 429 with Retry-After', async () => {
    const stage = await ready();
    stage.fault('gateway/infobip', 'throttle', { to: 0, 'retry-after': 3_000_000 });
    const answer = await stage.api('POST', '/rcs/2/messages', body);
    expect(answer).toMatchObject({ status: 429, json: { errorCode: 'E429' } });
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  it.each([500, 503])('an outage that answers %i', async (status) => {
    const stage = await ready();
    stage.fault('gateway/infobip', 'outage', { mode: 'error', status });
    const answer = await stage.api('POST', '/rcs/2/messages', body);
    expect(answer).toMatchObject({ status, json: { errorCode: `E${status}` } });
    const meaning = [{ channels: ['rcs', 'sms'], says: 'busy' }];
    expect(stage.of('door.answered')).toMatchObject([{ outcome: 'failed', meaning }]);
  });

  it('another path, method or version: 404 or 405, and a line in the report', async () => {
    const stage = await ready();
    expect(await stage.api('POST', '/rcs/1/messages', body)).toMatchObject({ status: 404 });
    expect(await stage.api('PUT', '/rcs/2/messages', body)).toMatchObject({ status: 405 });
    expect(stage.of('door.request').map(({ operation }) => operation)).toEqual([
      'unexpected',
      'unexpected',
    ]);
  });
});
