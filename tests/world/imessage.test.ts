import { describe, expect, test } from 'vitest';
import type { DevicePlan } from '../../simulators/kernel/plan.ts';
import { devicePlan, iphone, personPlan } from '../device/stage.ts';
import { carrier, cellOf, worldStage } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };

async function begun(bens: DevicePlan[] = [iphone('1'), devicePlan('2')]) {
  const ana = { ...personPlan('ana', [iphone('1')]), msisdn: '+999100000001' };
  const ben = { ...personPlan('ben', bens), msisdn: '+999100000002' };
  const cleo = { ...personPlan('cleo', [devicePlan('1')]), msisdn: '+999100000003' };
  const carriers = [carrier('northtel', { e2ee: false })];
  const people = [ana, ben, cleo];
  const cell = cellOf({ imessage: true, people, carriers }, { worldCheck: true });
  const stage = await worldStage(cell);
  const { world } = stage;
  let count = 0;
  const say = (from: string, to: string): string => {
    const id = `chat-${++count}`;
    world.send(from, to, { id, text: stage.plan(id, to) });
    return id;
  };
  const act = (target: string, verb: string, params = {}) =>
    world.targets.get(target)!.verbs[verb]!({ params, ledger });
  const ways = () =>
    stage.of('device.displayed').map(({ message, device, channel, padlock }) => ({
      message,
      device,
      channel,
      padlock,
    }));
  return { ...stage, say, act, ways };
}

describe('iMessage', () => {
  test('goes between iPhones, to Apple devices only, and shows no padlock', async () => {
    const { say, run, ways } = await begun();
    say('ana', 'ben');
    say('ana', 'cleo');
    say('cleo', 'ana');
    await run(10);
    expect(ways().toSorted((a, b) => a.message!.localeCompare(b.message!))).toEqual([
      { message: 'chat-1', device: 'person/ben/device/1', channel: 'imessage', padlock: false },
      { message: 'chat-2', device: 'person/cleo/device/1', channel: 'rcs', padlock: false },
      { message: 'chat-3', device: 'person/ana/device/1', channel: 'rcs', padlock: false },
    ]);
  });

  test('falls back to RCS while the service is gone, and goes on after it', async () => {
    const { say, run, ways, act } = await begun();
    const lift = act('imessage/apple', 'outage', { mode: 'error', status: 503 });
    say('ana', 'ben');
    await run(5);
    lift();
    say('ana', 'ben');
    await run(10);
    const seen = ways().filter(({ device }) => device === 'person/ben/device/1');
    expect(seen.map(({ message, channel }) => [message, channel])).toEqual([
      ['chat-1', 'rcs'],
      ['chat-2', 'imessage'],
    ]);
  });

  test('waits for a phone that is away, and comes once', async () => {
    const { say, run, ways, act } = await begun();
    const back = act('person/ben/device/1', 'offline');
    say('ana', 'ben');
    await run(20);
    expect(ways()).toEqual([]);
    back();
    await run(30);
    expect(ways().map(({ channel }) => channel)).toEqual(['imessage']);
  });

  test('encrypts for each device by itself; who carries it finds nothing', async () => {
    const { say, run, of } = await begun();
    say('ana', 'ben');
    await run(10);
    const [sealed] = of('imessage.sealed');
    expect(sealed?.to.map(({ device }) => device)).toEqual(['person/ben/device/1']);
    const seen = of('tap.scanned').filter(({ where }) => where === 'imessage/apple');
    expect(seen.length).toBe(1);
    expect(seen.flatMap(({ found }) => found)).toEqual([]);
    expect(of('imessage.opened')).toMatchObject([{ person: 'ben', verified: true }]);
  });

  test('follows new keys, says that they are new, and opens what was under way', async () => {
    const { say, run, of, act } = await begun();
    say('ana', 'ben');
    act('person/ben/device/1', 'rotate');
    say('ana', 'ben');
    await run(10);
    const keys = of('imessage.sealed').map(({ to }) => to[0]?.key);
    expect(new Set(keys).size).toBe(2);
    const opened = of('imessage.opened').map(({ key }) => key);
    expect(new Set(opened)).toEqual(new Set(keys));
    expect(of('imessage.deregistered')).toMatchObject([{ key: keys[0], why: 'key-changed' }]);
    expect(of('imessage.keys-changed')).toMatchObject([
      { of: 'ben', added: [keys[1]], removed: [keys[0]] },
    ]);
  });

  test('a wiped device cannot open what was for its old keys; then it is green', async () => {
    const { say, run, of, act, ways } = await begun();
    say('ana', 'ben');
    act('person/ben/device/1', 'key-loss');
    say('ana', 'ben');
    await run(10);
    expect(of('imessage.refused')).toMatchObject([{ reason: 'not-for-this-key' }]);
    expect(ways().map(({ message, channel }) => [message, channel])).toContainEqual([
      'chat-2',
      'rcs',
    ]);
    expect(of('device.displayed').some(({ message }) => message === 'chat-1')).toBe(false);
  });

  test('a removed device is nobody’s any more', async () => {
    const { say, run, of, act } = await begun();
    say('ana', 'ben');
    await run(5);
    act('person/ben/device/1', 'revoke');
    say('ana', 'ben');
    await run(10);
    expect(of('imessage.deregistered')).toMatchObject([{ device: 'person/ben/device/1' }]);
    expect(of('imessage.sealed').length).toBe(1);
  });

  test('a device that comes by a swapped SIM is told of to whoever writes', async () => {
    const { say, run, of, act } = await begun();
    say('ana', 'ben');
    await run(5);
    act('person/ben/device/1', 'sim-swap');
    say('ana', 'ben');
    await run(10);
    const [changed] = of('imessage.keys-changed');
    expect(changed).toMatchObject({ device: 'person/ana/device/1', of: 'ben', removed: [] });
    expect(changed?.added.length).toBe(1);
  });

  test('is held while APNs is down', async () => {
    const { say, run, act, ways } = await begun();
    const lift = act('push/apns', 'outage', { mode: 'error', status: 503 });
    say('ana', 'ben');
    await run(20);
    expect(ways()).toEqual([]);
    lift();
    await run(10);
    expect(ways().map(({ channel }) => channel)).toEqual(['imessage']);
  });

  test('what is for a number that moved to Android vanishes until it is taken out', async () => {
    const next = { ...devicePlan('2'), online: false, spare: true as const };
    const { say, run, of, act, ways } = await begun([iphone('1'), next]);
    say('ana', 'ben');
    await run(5);
    act('person/ben', 'switch-phone', { lingers: 60_000_000, 'app-after': 60_000_000 });
    say('ana', 'ben');
    await run(70);
    say('ana', 'ben');
    await run(10);
    expect(of('imessage.sealed').map(({ message }) => message)).toEqual(['chat-1', 'chat-2']);
    expect(of('imessage.deregistered')).toMatchObject([{ device: 'person/ben/device/1' }]);
    expect(ways().map(({ message, device, channel }) => [message, device, channel])).toEqual([
      ['chat-1', 'person/ben/device/1', 'imessage'],
      ['chat-3', 'person/ben/device/2', 'rcs'],
    ]);
  });
});
