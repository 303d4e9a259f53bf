import { describe, expect, test } from 'vitest';
import { createSmppClient } from '../../simulators/protocol/smpp/client.ts';
import type { SmppDelivery } from '../../simulators/protocol/smpp/client.ts';
import { cellOf, carrier, people, worldStage } from './stage.ts';

type Stage = Awaited<ReturnType<typeof worldStage>>;

async function bound(stage: Stage, deliveries: SmppDelivery[]) {
  const { value, settled, clock, network } = stage;
  const stream = await settled(network.connect(value('sms.host'), Number(value('sms.port'))));
  const client = createSmppClient({
    stream,
    clock: { after: (delayMs, task, options) => clock.after(delayMs * 1000, task, options) },
    enquireLinkMs: 0,
    onDeliver: (delivery) => {
      deliveries.push(delivery);
    },
  });
  const outcome = await settled(
    client.bind('transceiver', {
      systemId: value('sms.systemId'),
      password: value('sms.password'),
    }),
  );
  expect(outcome.kind).toBe('accepted');
  return client;
}

/** User data header for concatenation (TS 23.040 §9.2.3.24.1). */
const header = (total: number, part: number): number[] => [5, 0, 3, 42, total, part];

describe('a world brings', () => {
  test('a person’s long text to the connected program, by way of both carriers', async () => {
    const stage = await worldStage();
    const deliveries: SmppDelivery[] = [];
    const client = await bound(stage, deliveries);
    const submit = client.submit({
      sourceAddrTon: 5,
      sourceAddr: 'BANK',
      destinationAddr: '+999100000002',
      shortMessage: Buffer.from('Do you agree?'),
    });
    expect((await stage.settled(submit)).kind).toBe('accepted');
    await stage.run();
    const code = stage.plan('answers-1', 'business');
    const text = `${'I do, and I am glad to be asked. '.repeat(6)}${code}`;
    stage.world.reply('ben', text, 'answers-1', { by: 'sms' });
    await stage.run();
    expect(deliveries).toHaveLength(2);
    expect(deliveries.map(({ body }) => [body.sourceAddr, body.destinationAddr])).toEqual([
      ['999100000002', 'BANK'],
      ['999100000002', 'BANK'],
    ]);
    const parts = deliveries.map(({ body }) => Buffer.from(body.shortMessage.subarray(6)));
    expect(Buffer.concat(parts).toString()).toBe(text);
    expect(stage.of('business.received')).toMatchObject([
      { wire: 'sms-mo:1', person: 'ben', channel: 'sms', message: 'answers-1' },
    ]);
    const hops = stage.of('carried').filter(({ wire }) => wire === 'sms-mo:1');
    expect(hops.map(({ from, to }) => [from, to])).toEqual([
      ['person/ben/device/1', 'carrier/southcell/sms'],
      ['carrier/southcell/sms', 'carrier/northtel/sms'],
    ]);
  });

  test('an SMS in three parts across two carriers as one text, with three receipts', async () => {
    const stage = await worldStage();
    const deliveries: SmppDelivery[] = [];
    const client = await bound(stage, deliveries);
    const code = stage.plan('alerts-1', 'ben');
    const text = `${'Long story. '.repeat(20)}${code}${' And on.'.repeat(12)}`;
    const cuts = [text.slice(0, 150), text.slice(150, 250), text.slice(250)];
    for (const [at, part] of cuts.entries()) {
      const shortMessage = Buffer.from([...header(3, at + 1), ...Buffer.from(part, 'latin1')]);
      const submit = client.submit({
        sourceAddr: 'BANK',
        destinationAddr: '+999100000002',
        esmClass: 0x40,
        registeredDelivery: 1,
        dataCoding: 3,
        shortMessage,
      });
      expect((await stage.settled(submit)).kind).toBe('accepted');
    }
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([
      { device: 'person/ben/device/1', channel: 'sms', message: 'alerts-1', padlock: false },
    ]);
    expect(deliveries.map(({ receipt }) => receipt?.state)).toEqual([
      'DELIVERED',
      'DELIVERED',
      'DELIVERED',
    ]);
    expect(stage.world.unfinished()).toEqual([]);
    expect(stage.errors).toEqual([]);
    client.close();
    await stage.run();
  });

  test('a text between people by SMS where there is no RCS', async () => {
    const carriers = [carrier('northtel', { rcs: false }), carrier('southcell')];
    const stage = await worldStage(cellOf({ carriers }));
    const writing = { id: 'chat-1', text: stage.plan('chat-1', 'ben') };
    expect(stage.world.send('ana', 'ben', writing)).toBe('sms');
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([
      { person: 'ben', channel: 'sms', message: 'chat-1' },
    ]);
  });
});

describe('an outage that refuses', () => {
  test('breaks the connections that are open', async () => {
    const stage = await worldStage();
    const client = await bound(stage, []);
    const { verbs } = stage.world.targets.get('carrier/northtel/sms')!;
    const ledger = { fault: 'f', hits: () => true, touched: () => {} };
    verbs['outage']!({ params: { mode: 'refuse' }, ledger });
    await stage.run(1);
    expect(client.open).toBe(false);
  });
});

describe('what a world hands out', () => {
  test('names every placeholder, and the targets that a scenario may hit', async () => {
    const { world } = await worldStage();
    const named = Object.entries(world.environment);
    expect(named.map(([name]) => name).toSorted()).toEqual([
      'ca.pem',
      'carrier.northtel.sms.host',
      'carrier.northtel.sms.password',
      'carrier.northtel.sms.port',
      'carrier.northtel.sms.systemId',
      'carrier.northtel.sms.url',
      'carrier.southcell.sms.host',
      'carrier.southcell.sms.password',
      'carrier.southcell.sms.port',
      'carrier.southcell.sms.systemId',
      'carrier.southcell.sms.url',
      'gateway.rbm.agentId',
      'gateway.rbm.clientToken',
      'gateway.rbm.nextClientToken',
      'gateway.rbm.serviceAccount',
      'gateway.rbm.tokenUrl',
      'gateway.rbm.trustAnchors',
      'gateway.rbm.url',
      'push.apns.keyId',
      'push.apns.privateKey',
      'push.apns.teamId',
      'push.apns.topic',
      'push.apns.url',
      'push.fcm.projectId',
      'push.fcm.serviceAccount',
      'push.fcm.tokenUrl',
      'push.fcm.url',
      'sms.host',
      'sms.password',
      'sms.port',
      'sms.systemId',
      'sms.url',
    ]);
    expect(named.filter(([name, value]) => name !== 'ca.pem' && value === '')).toEqual([]);
    expect(world.targets.paths.toSorted()).toEqual([
      'carrier/northtel/rcs',
      'carrier/northtel/sms',
      'carrier/southcell/rcs',
      'carrier/southcell/sms',
      'gateway/rbm',
      'person/ana',
      'person/ana/device/1',
      'person/ana/device/2',
      'person/ben',
      'person/ben/device/1',
      'push/apns',
      'push/fcm',
    ]);
    for (const path of world.targets.paths) {
      expect(world.targets.get(path)?.path).toBe(path);
    }
    expect(world.targets.get('person/eve')).toBeUndefined();
  });

  test('says each component’s state first, and calibrates each tap', async () => {
    const stage = await worldStage();
    const up = stage.of('component.changed').filter(({ state }) => state === 'up');
    expect(up.map(({ component }) => component).toSorted()).toEqual([
      'carrier/northtel/rcs',
      'carrier/northtel/sms',
      'carrier/southcell/rcs',
      'carrier/southcell/sms',
      'gateway/rbm',
      'push/apns',
      'push/fcm',
    ]);
    stage.world.calibrate();
    const taps = stage.of('tap.scanned').filter(({ calibration }) => calibration === true);
    expect(taps).toHaveLength(8);
    expect(new Set(taps.map(({ found }) => found[0]?.canary)).size).toBe(8);
  });

  test('is an author’s error when a gateway or a person is not known', async () => {
    await expect(worldStage(cellOf({ gateways: ['rbn'] }))).rejects.toMatchObject({
      code: 'WORLD_UNKNOWN_GATEWAY',
      hint: 'Did you mean “rbm”?',
    });
    const { world } = await worldStage();
    expect(() => world.send('anna', 'ben', { id: 'x-1', text: '' })).toThrow('anna');
  });

  test('keeps a crowd at rest out of memory until somebody writes to it', async () => {
    const [ana] = people();
    const { id: _id, name: _name, msisdn: _msisdn, ...person } = ana!;
    const population = { size: 3, mix: [{ share: 1, person }] };
    const { world } = await worldStage(cellOf({ population }));
    expect(world.people.byId('population/3')?.plan.msisdn).toMatch(/^\+999/);
    expect(world.targets.get('person/population/3/device/2')?.kind).toBe('device');
  });
});

describe('the same plan', () => {
  test('gives the same history, byte for byte', async () => {
    const story = async (): Promise<string> => {
      const stage = await worldStage();
      await stage.connect();
      stage.world.calibrate();
      const client = await bound(stage, []);
      const shortMessage = Buffer.from(stage.plan('alerts-1'));
      const destinationAddr = '+999100000001';
      await stage.settled(client.submit({ destinationAddr, registeredDelivery: 1, shortMessage }));
      await stage.send(destinationAddr, 'm-2', { text: stage.plan('alerts-2') });
      stage.world.send('ana', 'ben', { id: 'chat-1', text: stage.plan('chat-1', 'ben') });
      const [device] = stage.world.registration('ben').devices;
      await stage.apns(device!.pushToken, { aps: { alert: stage.plan('alerts-3', 'ben') } });
      stage.world.targets.get('person/ben')!.verbs['key-loss']!({
        params: {},
        ledger: { fault: 'wiped', hits: () => true, touched: () => {} },
      });
      stage.world.send('ana', 'ben', { id: 'chat-2', text: stage.plan('chat-2', 'ben') });
      await stage.run();
      await stage.world.stop();
      return stage.lines();
    };
    const first = await story();
    expect(first.split('\n').filter((line) => line.includes('device.displayed'))).toHaveLength(6);
    expect(await story()).toBe(first);
  });
});
