import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DISCLOSURE, devicePlan } from '../device/stage.ts';
import { ANA, CLIENT_TOKEN, rbmStage } from './rbm-stage.ts';
import type { RbmStage, StageOptions } from './rbm-stage.ts';

async function ready(devices = [devicePlan('1')], options: StageOptions = {}): Promise<RbmStage> {
  const world = await rbmStage(devices, options);
  await world.authorize();
  await world.connect();
  return world;
}

describe('a message on its way', () => {
  it('reaches the phone and tells DELIVERED and READ', async () => {
    const world = await ready();
    const answer = await world.send('m-1', world.planned('alerts-1'));
    expect(answer).toMatchObject({
      status: 200,
      json: { name: `phones/${ANA}/agentMessages/m-1`, sendTime: '2026-01-01T00:00:00.001Z' },
    });
    await world.run();
    expect(world.types()).toEqual(['DELIVERED', 'READ']);
    expect(world.notifications[0]!.data).toMatchObject({
      senderPhoneNumber: ANA,
      messageId: 'm-1',
      agentId: 'bellwether',
    });
    expect(world.of('device.displayed')).toMatchObject([
      { channel: 'rcs', message: 'alerts-1', padlock: false },
    ]);
    expect(world.gateway.unfinished()).toEqual([]);
    expect(world.core.unfinished()).toEqual([]);
  });

  it('leaves the events of a door in their order, linked from wire to wire', async () => {
    const world = await ready();
    await world.send('m-1', `${world.planned('alerts-1')} ${DISCLOSURE}`);
    const [request] = world.of('door.request').filter(({ operation }) => operation === 'send');
    expect(request).toMatchObject({
      component: 'gateway/rbm',
      channel: 'rcs',
      wire: 'rbm:m-1',
      person: 'ana',
      message: 'alerts-1',
      disclosure: true,
      what: 'POST /v1/phones/{E164}/agentMessages',
    });
    const after = world.events.filter(({ seq }) => seq > request!.seq).slice(0, 4);
    expect(after.map(({ kind }) => kind)).toEqual([
      'tap.scanned',
      'carried',
      'tap.scanned',
      'door.answered',
    ]);
    expect(after[0]).toMatchObject({ observer: 'gateway', cause: request!.seq, wire: 'rbm:m-1' });
    expect(after[1]).toMatchObject({
      wire: 'rcs:1',
      parent: 'rbm:m-1',
      from: 'gateway/rbm',
      to: 'carrier/northtel/rcs',
      message: 'alerts-1',
    });
    expect(after[2]).toMatchObject({ observer: 'carrier', where: 'carrier/northtel/rcs' });
    expect(after[3]).toMatchObject({ request: request!.seq, outcome: 'accepted' });
  });

  it('calls a text with a link and no canary a secure link', async () => {
    const world = await ready();
    await world.send('m-1', 'Read it at https://notify.example/l/1');
    await world.send('m-2', `${world.planned('alerts-2')} https://notify.example/`);
    const sends = world.of('door.request').filter(({ operation }) => operation === 'send');
    expect(sends.map(({ channel }) => channel)).toEqual(['secure-link', 'rcs']);
  });

  it('answers a repeated messageId with the first result and sends nothing again', async () => {
    const world = await ready();
    const first = await world.send('m-1', 'Hello');
    const second = await world.send('m-1', 'Hello');
    await world.run();
    expect(second).toMatchObject({ status: 200, json: first.json });
    expect(world.of('carried')).toHaveLength(1);
    expect(world.of('door.request').at(-1)).toMatchObject({ wire: 'rbm:m-1', repeated: true });
  });

  it('tells no READ of a person who lets none out', async () => {
    const world = await ready([devicePlan('1')], { readReceipts: false });
    await world.send('m-1', 'Hello');
    await world.run();
    expect(world.types()).toEqual(['DELIVERED']);
  });

  it('reaches every device of the person and tells DELIVERED once', async () => {
    const world = await ready([devicePlan('1'), devicePlan('2')]);
    await world.send('m-1', 'Hello');
    await world.run();
    expect(world.of('device.received').map(({ device }) => device)).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
    expect(world.types().filter((type) => type === 'DELIVERED')).toHaveLength(1);
  });

  it('shows rich cards and files as text', async () => {
    const world = await ready();
    const cardContent = { title: 'Card', description: 'Text of the card' };
    const richCard = { standaloneCard: { cardOrientation: 'VERTICAL', cardContent } };
    const card = await world.call('POST', world.pathOf('m-1'), { contentMessage: { richCard } });
    const contentInfo = { fileUrl: 'https://files.example/a.png' };
    const file = await world.call('POST', world.pathOf('m-2'), { contentMessage: { contentInfo } });
    expect([card.status, file.status]).toEqual([200, 200]);
  });
});

describe('notifications', () => {
  it('carry a signature that anybody can compute from the decoded data', async () => {
    const world = await ready();
    await world.send('m-1', 'Hello');
    await world.run(2);
    const { request } = world.notifications[0]!;
    const body = JSON.parse(Buffer.from(request.body).toString());
    const data = Buffer.from(body.message.data, 'base64');
    expect(request.headers['x-goog-signature']).toBe(
      createHmac('sha512', CLIENT_TOKEN).update(data).digest('base64'),
    );
    expect(request.headers['x-goog-webhook-type']).toBe('message_callback');
    expect(body.message.attributes).toMatchObject({ product: 'RBM', business_id: 'bellwether' });
    expect(body.message.messageId).toBe(body.message.message_id);
  });

  it('wait in one queue while the webhook refuses, and keep their order', async () => {
    const world = await ready();
    let refusals = 0;
    world.state.webhook = () => (++refusals <= 2 ? 500 : 200);
    await world.send('m-1', world.planned('alerts-1'));
    await world.run(0.5);
    await world.send('m-2', world.planned('alerts-2'));
    await world.run();
    const told = world.notifications.map(
      ({ data }) => `${String(data['eventType'])} ${String(data['messageId'])}`,
    );
    expect(told.slice(0, 3)).toEqual(['DELIVERED m-1', 'DELIVERED m-1', 'DELIVERED m-1']);
    const [first, second, third] = world.notifications.map(({ atMicros }) => atMicros);
    expect(second! - first!).toBeGreaterThanOrEqual(1_000_000);
    expect(third! - second!).toBeGreaterThanOrEqual(2_000_000);
    const answers = world.of('callback.answered').slice(1);
    expect(answers.map(({ outcome }) => outcome).slice(0, 3)).toEqual([
      'refused',
      'refused',
      'accepted',
    ]);
    expect(new Set(world.of('callback.sent').map(({ callback }) => callback)).size).toBe(5);
  });

  it('are tried a bounded number of times', async () => {
    const world = await ready();
    world.state.webhook = (data) => (data['eventType'] === 'DELIVERED' ? undefined : 200);
    await world.send('m-1', world.planned('alerts-1'));
    await world.run(3600);
    const attempts = world.of('callback.sent').filter(({ event }) => event === 'DELIVERED');
    expect(attempts).toHaveLength(12);
    const last = world.of('callback.answered').filter(({ attempt }) => attempt === 12);
    expect(last).toMatchObject([{ outcome: 'no-answer' }]);
    expect(world.of('lost')).toMatchObject([{ wire: 'rbm:m-1', component: 'gateway/rbm' }]);
    expect(world.types().at(-1)).toBe('READ');
    expect(world.gateway.unfinished()).toEqual([]);
  });

  it('bring what a person writes to the agent', async () => {
    const world = await ready();
    const text = world.planned('replies-1');
    const device = 'person/ana/device/1';
    const content = { kind: 'text', text } as const;
    world.gateway.userMessage({ person: 'ana', device, content, message: 'replies-1' });
    await world.run(2);
    const { data } = world.notifications[0]!;
    expect(data).toMatchObject({ senderPhoneNumber: ANA, text, agentId: 'bellwether' });
    expect(data).not.toHaveProperty('eventType');
    const seen = world.of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(seen.map(({ observer, channel }) => `${observer} ${channel}`)).toEqual([
      'carrier rcs',
      'gateway rcs',
    ]);
    expect(world.of('business.received')).toMatchObject([
      { person: 'ana', device, channel: 'rcs', message: 'replies-1' },
    ]);
    expect(world.of('carried').every(({ message }) => message === 'replies-1')).toBe(true);
  });
});

describe('the verification handshake', () => {
  const outcome = async (body: (secret: string) => string, status = 200) => {
    const handshake = (secret: string) => ({ status, headers: {}, body: body(secret) });
    const world = await rbmStage([devicePlan('1')], { handshake });
    await world.authorize();
    const result = await world.connect();
    await world.send('m-1', world.planned('alerts-1'));
    await world.run();
    return { result, told: world.types().length, world };
  };

  it('holds with the bare secret', async () => {
    const { result, told } = await outcome((secret) => secret);
    expect(result).toEqual({ held: true });
    expect(told).toBe(2);
  });

  it('tolerates the form of the sample code, and notes it', async () => {
    const { result, told, world } = await outcome((secret) => `secret: ${secret}`);
    expect(result).toMatchObject({ held: true, note: expect.stringContaining('secret: ') });
    expect(told).toBe(2);
    expect(world.of('callback.answered')[0]!.status).toMatch(/^200 \(answered/);
  });

  it.each([
    ['another text', (): string => 'ok', 200],
    ['a wrong status', (secret: string): string => secret, 403],
  ])('fails with %s, and nothing is sent', async (_, body, status) => {
    const { result, told, world } = await outcome(body, status);
    expect(result).toMatchObject({ held: false });
    expect(told).toBe(0);
    const asked = expect.stringContaining('(POST /');
    expect(world.of('callback.answered')).toMatchObject([{ outcome: 'refused', status: asked }]);
  });
});

describe('time limits and revocation', () => {
  const away = [devicePlan('1', { online: false })];

  it('revokes what is undelivered when its ttl ends', async () => {
    const world = await ready(away);
    await world.send('m-1', 'Hello', { ttl: '10s' });
    await world.run();
    expect(world.types()).toEqual(['TTL_EXPIRATION_REVOKED']);
    const { data, atMicros } = world.notifications[0]!;
    expect(data).toMatchObject({ phoneNumber: ANA, messageId: 'm-1' });
    expect(data).not.toHaveProperty('senderPhoneNumber');
    expect(atMicros).toBeGreaterThan(10_000_000);
    expect(world.of('revoked')).toMatchObject([{ wire: 'rcs:1', before: true, person: 'ana' }]);
    expect(world.of('callback.sent').at(-1)).toMatchObject({
      implies: 'failed',
      meaning: [{ channels: ['rcs'], scope: { person: 'ana' }, says: 'unavailable' }],
    });
  });

  it('takes an expireTime as well', async () => {
    const world = await ready(away);
    await world.send('m-1', 'Hello', { expireTime: '2026-01-01T00:00:05Z' });
    await world.run();
    expect(world.types()).toEqual(['TTL_EXPIRATION_REVOKED']);
  });

  it('says nothing of the ttl when the message was delivered', async () => {
    const world = await ready();
    await world.send('m-1', world.planned('alerts-1'), { ttl: '10s' });
    await world.run();
    expect(world.types()).toEqual(['DELIVERED', 'READ']);
  });

  it('loses the race when the phone has it but its receipt is under way', async () => {
    const slow = { carrier: { delayMicros: { rcs: [900_000, 900_000], sms: [1, 1] } } } as const;
    const world = await ready([devicePlan('1')], slow);
    await world.send('m-1', world.planned('alerts-1'), { ttl: '1.5s' });
    await world.run();
    expect(world.types()).toEqual(['TTL_EXPIRATION_REVOKE_FAILED', 'DELIVERED', 'READ']);
  });

  it('revokes on DELETE before delivery, and answers 200 at once in any case', async () => {
    const world = await ready(away);
    await world.send('m-1', 'Hello', { ttl: '10s' });
    const path = (id: string) => `/v1/phones/${ANA}/agentMessages/${id}?agentId=bellwether`;
    const early = await world.call('DELETE', path('m-1'));
    const unknown = await world.call('DELETE', path('m-9'));
    expect([early, unknown]).toMatchObject([
      { status: 200, json: {} },
      { status: 200, json: {} },
    ]);
    world.owner.phone('1')!.end('offline', 'x');
    await world.run();
    expect(world.types()).toEqual([]);
    expect(world.of('revoked').map(({ wire, before }) => `${wire} ${before}`)).toEqual([
      'rcs:1 true',
      'rbm:m-9 false',
    ]);
  });

  it('records a DELETE that comes too late as such', async () => {
    const world = await ready();
    await world.send('m-1', 'Hello');
    await world.run();
    await world.call('DELETE', `/v1/phones/${ANA}/agentMessages/m-1?agentId=bellwether`);
    expect(world.of('revoked')).toMatchObject([{ wire: 'rbm:m-1', before: false }]);
  });
});
