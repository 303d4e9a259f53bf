import { describe, expect, test } from 'vitest';
import { cellOf, carrier, people, worldStage } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };

describe('between an Android 16 phone and an iPhone with 26.5', () => {
  test('messages go end-to-end encrypted both ways through two carriers', async () => {
    const stage = await worldStage();
    expect(
      stage.world.send('ana', 'ben', { id: 'chat-1', text: stage.plan('chat-1', 'ben') }),
    ).toBe('rcs-e2ee');
    await stage.run(10);
    stage.world.send('ben', 'ana', { id: 'chat-2', text: stage.plan('chat-2') });
    stage.world.send('ana', 'ben', { id: 'chat-3', text: stage.plan('chat-3', 'ben') });
    await stage.run();
    const shown = stage.of('device.displayed');
    expect(shown.every(({ padlock, channel }) => padlock && channel === 'rcs-e2ee')).toBe(true);
    expect(shown.map(({ device, message }) => `${message} ${device}`).toSorted()).toEqual([
      'chat-1 person/ben/device/1',
      'chat-2 person/ana/device/1',
      'chat-2 person/ana/device/2',
      'chat-3 person/ben/device/1',
    ]);
    expect(stage.of('tap.scanned').filter(({ found }) => found.length > 0)).toEqual([]);
    // The sender's other device can read along; it shows nothing as arrived.
    expect(
      stage.of('mls.decrypted').filter(({ device }) => device.endsWith('ana/device/2')),
    ).toHaveLength(3);
    expect(stage.of('mls.refused')).toEqual([]);
    expect(stage.world.unfinished()).toEqual([]);
    expect(stage.clock.pending).toBe(0);
    expect(stage.errors).toEqual([]);
  });

  test('a device that loses its keys gets what it missed with its new keys', async () => {
    const stage = await worldStage();
    const say = (n: number) =>
      stage.world.send('ana', 'ben', { id: `chat-${n}`, text: stage.plan(`chat-${n}`, 'ben') });
    say(1);
    await stage.run(5);
    stage.world.targets.get('person/ben/device/1')!.verbs['key-loss']!({ params: {}, ledger });
    say(2);
    await stage.run(20);
    say(3);
    await stage.run();
    const shown = stage.of('device.displayed').map(({ message }) => message);
    expect(shown).toEqual(['chat-1', 'chat-2', 'chat-3']);
    expect(stage.of('mls.refused').length).toBeGreaterThan(0);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('new keys are taken up before the next message, not after it failed', async () => {
    const stage = await worldStage();
    const say = (n: number) =>
      stage.world.send('ana', 'ben', { id: `chat-${n}`, text: stage.plan(`chat-${n}`, 'ben') });
    say(1);
    await stage.run(5);
    stage.world.targets.get('person/ben/device/1')!.verbs['key-loss']!({ params: {}, ledger });
    await stage.run(20);
    say(2);
    await stage.run();
    expect(stage.of('mls.refused')).toEqual([]);
    expect(stage.of('device.displayed').map(({ message }) => message)).toEqual([
      'chat-1',
      'chat-2',
    ]);
  });

  test('a first message reaches devices that have no keys at the moment', async () => {
    for (const lost of ['person/ana', 'person/ana/device/2']) {
      const stage = await worldStage();
      stage.world.targets.get(lost)!.verbs['key-loss']!({ params: {}, ledger });
      stage.world.send('ben', 'ana', { id: 'chat-1', text: stage.plan('chat-1') });
      await stage.run();
      expect(
        stage
          .of('device.displayed')
          .map(({ device }) => device)
          .toSorted(),
      ).toEqual(['person/ana/device/1', 'person/ana/device/2']);
    }
  });

  test('a removed device overhears ciphertexts and reads none of the new group', async () => {
    const stage = await worldStage();
    stage.world.send('ben', 'ana', { id: 'chat-1', text: stage.plan('chat-1') });
    await stage.run(10);
    stage.world.targets.get('person/ana/device/2')!.verbs['revoke']!({ params: {}, ledger });
    stage.world.send('ben', 'ana', { id: 'chat-2', text: stage.plan('chat-2') });
    await stage.run();
    const read = stage.of('mls.decrypted').filter(({ device }) => device.endsWith('device/2'));
    expect(read.map(({ message }) => message)).toEqual(['chat-1']);
    const shown = stage.of('device.displayed').map(({ device, message }) => `${message} ${device}`);
    expect(shown).toContain('chat-2 person/ana/device/1');
    expect(stage.of('mls.refused').some(({ device }) => device.endsWith('device/2'))).toBe(true);
  });

  test('an offline phone gets its messages when it is back, in order', async () => {
    const stage = await worldStage();
    const lift = stage.world.targets.get('person/ben')!.verbs['offline']!({ params: {}, ledger });
    for (const n of [1, 2]) {
      stage.world.send('ana', 'ben', { id: `chat-${n}`, text: stage.plan(`chat-${n}`, 'ben') });
    }
    await stage.run(30);
    expect(stage.of('device.displayed')).toEqual([]);
    lift();
    await stage.run();
    expect(stage.of('device.displayed').map(({ message }) => message)).toEqual([
      'chat-1',
      'chat-2',
    ]);
  });

  test('where one carrier has no encryption they are open, and carry no padlock', async () => {
    const carriers = [carrier('northtel'), carrier('southcell', { e2ee: false })];
    const [ana, ben] = people();
    const devices = ben!.devices.map((device) => ({ ...device, e2ee: false }));
    const stage = await worldStage(cellOf({ carriers, people: [ana!, { ...ben!, devices }] }));
    expect(
      stage.world.send('ana', 'ben', { id: 'chat-1', text: stage.plan('chat-1', 'ben') }),
    ).toBe('rcs');
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([{ channel: 'rcs', padlock: false }]);
  });
});
