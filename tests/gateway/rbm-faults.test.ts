import { describe, expect, it } from 'vitest';
import { devicePlan } from '../device/stage.ts';
import { ANA, rbmStage } from './rbm-stage.ts';

async function ready(devices = [devicePlan('1')]) {
  const world = await rbmStage(devices);
  await world.authorize();
  await world.connect();
  return world;
}

const BUSY = {
  channels: ['rcs', 'rcs-e2ee'],
  scope: { component: 'gateway/rbm' },
  says: 'busy',
};

describe('a gateway with a fault', () => {
  it('refuses connections and says that it did', async () => {
    const world = await ready();
    const fault = world.arm(world.gateway.target, 'outage', { mode: 'refuse' });
    await expect(world.send('m-1', 'x')).rejects.toThrow('fetch failed');
    expect(world.of('door.request').at(-1)).toMatchObject({ operation: 'connect' });
    expect(world.of('door.answered').at(-1)).toMatchObject({
      outcome: 'refused-connection',
      meaning: [{ ...BUSY, holds: 60_000_000 }],
    });
    fault();
    expect((await world.send('m-1', 'x')).status).toBe(200);
  });

  it('answers an error status without doing anything', async () => {
    const world = await ready();
    const fault = world.arm(world.gateway.target, 'outage', { mode: 'error', status: 502 });
    const answer = await world.send('m-1', world.planned('alerts-1'));
    expect(answer).toMatchObject({ status: 502, json: { error: { code: 502 } } });
    expect(world.of('carried')).toEqual([]);
    expect(world.of('door.answered').at(-1)).toMatchObject({
      outcome: 'failed',
      meaning: [{ ...BUSY, holds: 60_000_000 }],
    });
    expect(fault.touched).toEqual(['answered 502']);
    fault();
    expect((await world.send('m-1', 'x')).status).toBe(200);
  });

  it('throttles with Retry-After', async () => {
    const world = await ready();
    world.arm(world.gateway.target, 'queue-full', { retryAfterMicros: 2_500_000 });
    const answer = await world.send('m-1', 'x');
    expect(answer).toMatchObject({
      status: 429,
      json: { error: { status: 'RESOURCE_EXHAUSTED' } },
    });
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(world.of('door.answered').at(-1)).toMatchObject({
      outcome: 'throttled',
      retryAfterMicros: 2_500_000,
      meaning: [{ ...BUSY, holds: 2_500_000 }],
    });
  });

  it.each([
    ['black-hole', 'silence', 'no answer'],
    ['reset', 'reset', 'fetch failed'],
  ])('in a %s gives no answer', async (mode, outcome, error) => {
    const world = await ready();
    world.arm(world.gateway.target, 'outage', { mode });
    await expect(world.send('m-1', 'x')).rejects.toThrow(error);
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome });
    expect(world.of('carried')).toEqual([]);
  });

  it('takes a message and drops the answer; the repetition is noticed', async () => {
    const world = await ready();
    const fault = world.arm(world.gateway.target, 'accept-then-drop-answer');
    await expect(world.send('m-1', world.planned('alerts-1'))).rejects.toThrow('fetch failed');
    expect(world.of('door.answered').at(-1)).toMatchObject({
      outcome: 'answer-lost',
      handedAt: null,
    });
    fault();
    expect((await world.send('m-1', world.planned('alerts-1'))).status).toBe(200);
    await world.run();
    expect(world.of('device.displayed')).toHaveLength(1);
    expect(world.of('door.request').at(-1)).toMatchObject({ repeated: true });
  });

  it('answers and loses the message behind the door', async () => {
    const world = await ready();
    world.arm(world.gateway.target, 'answer-then-lose');
    expect((await world.send('m-1', world.planned('alerts-1'))).status).toBe(200);
    await world.run();
    expect(world.of('lost')).toMatchObject([{ wire: 'rbm:m-1', component: 'gateway/rbm' }]);
    expect(world.types()).toEqual([]);
  });

  it('delays by the clock', async () => {
    const world = await ready();
    world.arm(world.gateway.target, 'latency', { delay: 5_000_000 });
    await world.send('m-1', 'x');
    const request = world.of('door.request').at(-1)!;
    const answered = world.of('door.answered').at(-1)!;
    expect(answered.t - request.t).toBe(5_000_000);
    expect(answered.handedAt).toBe(answered.t);
  });
});

describe('an RCS core with a fault', () => {
  it('keeps what comes in an outage and delivers it in order afterwards', async () => {
    const world = await ready();
    const fault = world.arm(world.core.target, 'outage');
    for (const id of ['1', '2', '3']) {
      expect((await world.send(`m-${id}`, world.planned(`alerts-${id}`))).status).toBe(200);
    }
    const path = `/v1/phones/${ANA}/capabilities?requestId=r&agentId=bellwether`;
    expect((await world.call('GET', path)).status).toBe(404);
    expect(fault.touched.length).toBeGreaterThanOrEqual(4);
    await world.run(30);
    expect(world.of('stored').map(({ wire }) => wire)).toEqual(['rbm:m-1', 'rbm:m-2', 'rbm:m-3']);
    expect(world.of('device.received')).toEqual([]);
    expect(world.core.unfinished()).toHaveLength(3);
    const before = fault.touched.length;
    expect(before).toBeGreaterThanOrEqual(6);
    fault();
    await world.run();
    expect(world.of('device.displayed').map(({ message }) => message)).toEqual([
      'alerts-1',
      'alerts-2',
      'alerts-3',
    ]);
    expect(world.types().map(String).toSorted()).toEqual([
      ...Array(3).fill('DELIVERED'),
      ...Array(3).fill('READ'),
    ]);
    expect(world.core.unfinished()).toEqual([]);
  });

  it('holds back receipts and replies until it is up again', async () => {
    const world = await ready();
    await world.send('m-1', world.planned('alerts-1'));
    await world.run(1);
    expect(world.types()).toEqual(['DELIVERED']);
    const fault = world.arm(world.core.target, 'outage');
    const content = { kind: 'text', text: 'Hi' } as const;
    world.gateway.userMessage({ person: 'ana', device: 'person/ana/device/1', content });
    await world.run(30);
    expect(world.types()).toEqual(['DELIVERED']);
    fault();
    await world.run(30);
    expect(world.types().map(String).toSorted()).toEqual(['DELIVERED', 'READ', 'message']);
    expect(world.core.unfinished()).toEqual([]);
  });

  it('holds what was on its way to the phone when it went down', async () => {
    const world = await ready();
    await world.send('m-1', world.planned('alerts-1'));
    const fault = world.arm(world.core.target, 'outage');
    await world.run(20);
    expect(world.of('device.received')).toEqual([]);
    fault();
    await world.run();
    expect(world.of('device.received')).toHaveLength(1);
    expect(world.of('carried')).toHaveLength(1);
  });

  it('loses without a word what a loss takes', async () => {
    const world = await ready();
    world.arm(world.core.target, 'loss', { share: 1 });
    await world.send('m-1', world.planned('alerts-1'));
    await world.run();
    expect(world.of('lost')).toMatchObject([
      { wire: 'rbm:m-1', component: 'carrier/northtel/rcs' },
    ]);
    expect(world.types()).toEqual([]);
    expect(world.core.unfinished()).toEqual([]);
  });

  it('passes a throttled backlog at its rate, never faster', async () => {
    const world = await ready();
    world.arm(world.core.target, 'throttle', { to: 1, retryAfterMicros: 1_000_000 });
    for (let n = 1; n <= 8; n++) await world.send(`m-${n}`, world.planned(`alerts-${n}`));
    await world.run(30);
    const times = world.of('carried').map(({ t }) => t);
    expect(times).toHaveLength(8);
    expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(6_000_000);
    expect(world.of('device.displayed').map(({ message }) => message)).toEqual(
      Array.from({ length: 8 }, (_, n) => `alerts-${n + 1}`),
    );
  });
});

describe('a phone that is away', () => {
  it('gets what was stored when it is back', async () => {
    const world = await ready();
    const phone = world.owner.phone('1')!;
    phone.begin('offline', 'x');
    await world.send('m-1', world.planned('alerts-1'));
    await world.run(120);
    expect(world.of('stored')).toMatchObject([{ wire: 'rcs:1', person: 'ana' }]);
    expect(world.core.unfinished()).toEqual([]);
    phone.end('offline', 'x');
    await world.run();
    expect(world.types()).toEqual(['DELIVERED', 'READ']);
  });

  it('gets it on its second device later, when the first had it at once', async () => {
    const world = await ready([devicePlan('1'), devicePlan('2')]);
    world.owner.phone('2')!.begin('offline', 'x');
    await world.send('m-1', world.planned('alerts-1'));
    await world.run();
    expect(world.of('device.received')).toHaveLength(1);
    world.owner.phone('2')!.end('offline', 'x');
    await world.run();
    expect(world.of('device.received').map(({ device }) => device)).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
  });

  it('does not get it when the carrier kept it too long', async () => {
    const world = await rbmStage([devicePlan('1')], { carrier: { storeMicros: 60_000_000 } });
    await world.authorize();
    await world.connect();
    const phone = world.owner.phone('1')!;
    phone.begin('offline', 'x');
    await world.send('m-1', world.planned('alerts-1'), { ttl: '100s' });
    await world.run(90);
    expect(world.of('expired')).toMatchObject([{ wire: 'rcs:1', person: 'ana' }]);
    phone.end('offline', 'x');
    await world.run();
    expect(world.of('device.received')).toEqual([]);
    expect(world.types()).toEqual(['TTL_EXPIRATION_REVOKED']);
  });
});

describe('the same seed', () => {
  it('gives the same history byte for byte', async () => {
    const story = async (): Promise<string> => {
      const world = await ready([devicePlan('1'), devicePlan('2', { online: false })]);
      const fault = world.arm(world.core.target, 'outage');
      await world.send('m-1', world.planned('alerts-1'));
      fault();
      await world.send('m-2', world.planned('alerts-2'), { ttl: '5s' });
      await world.run();
      return world.owned.lines();
    };
    const first = await story();
    expect(first.split('\n').length).toBeGreaterThan(20);
    expect(await story()).toBe(first);
  });
});
