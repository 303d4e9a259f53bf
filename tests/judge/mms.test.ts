import { describe, expect, it } from 'vitest';
import type { Channel } from '../../simulators/kernel/words.ts';
import type { TrafficPlan } from '../../simulators/kernel/plan.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL } from './world-plan.ts';

interface Given {
  readonly rcs?: boolean;
  readonly mms?: boolean;
  readonly traffic?: Partial<TrafficPlan>;
  readonly message?: Partial<TrafficPlan['message']>;
  readonly channel?: Channel;
}

const BEN = { ...ANA, id: 'ben', msisdn: '+999002' };
const CLEO = { ...ANA, id: 'cleo', msisdn: '+999003' };
const FILE = { attachment: { type: 'image/jpeg', bytes: 9, thumbnail: false } };
const MMS = { maxBytes: 1_000, delayMicros: [1, 2] } as const;
const WIRE = 'mms:1';

/** Ben writes to Ana, at second 1; she sees it at second 3. `between`: what happens meanwhile. */
function begun(given: Given, between: (told: Story) => void = () => {}): Story {
  const { rcs = false, mms = true, channel = 'mms' } = given;
  const [home] = CELL.world.carriers;
  const { mms: _none, ...bare } = home!;
  const carriers = [{ ...bare, rcs, ...(mms && { mms: MMS }) }];
  const people = [ANA, BEN, CLEO].map((person) => ({ ...person, carrier: home!.name }));
  const [first] = CELL.traffic;
  const message = { ...first!.message, ...given.message };
  const traffic = { ...first!, name: 'chat', from: 'ben', to: ['ana'], ...given.traffic, message };
  const world = { ...CELL.world, carriers, people };
  const told = story({ cell: { worldCheck: true, world, traffic: [traffic] } });
  const intended = { message: 'chat-1', traffic: 'chat', to: 'ana', from: 'ben' } as const;
  told.at(1).add({ kind: 'message.intended', ...intended, canary: 'CANARY-chat-1' });
  told.at(2);
  between(told);
  told.at(3).add({
    kind: 'device.displayed',
    device: DEVICE,
    person: 'ana',
    wire: WIRE,
    channel,
    message: 'chat-1',
    padlock: false,
    disclosure: false,
  });
  return told.end(200);
}

const changed =
  (component: string, state: 'up' | 'down') =>
  (told: Story): void => {
    told.add({ kind: 'component.changed', component, state, why: 'outage' });
  };

describe('people/mms-needless', () => {
  const rule = 'people/mms-needless';
  it('finds MMS where RCS was there, and for short texts', () => {
    expect(begun({ rcs: true, message: FILE }).found(rule).length).toBe(1);
    expect(begun({}).found(rule).length).toBe(1);
  });
  it('leaves alone files without RCS, and what went round an outage', () => {
    expect(begun({ message: FILE }).found(rule)).toEqual([]);
    const down = changed('carrier/northtel/rcs', 'down');
    expect(begun({ rcs: true, message: FILE }, down).found(rule)).toEqual([]);
  });
});

describe('people/mms-missed', () => {
  const rule = 'people/mms-missed';
  it('finds files, groups and many words that came by SMS', () => {
    expect(begun({ message: FILE, channel: 'sms' }).found(rule).length).toBe(1);
    expect(begun({ message: { length: 2_000 }, channel: 'sms' }).found(rule).length).toBe(1);
    const group = { to: ['ana', 'cleo'], group: true } as const;
    expect(begun({ traffic: group, channel: 'sms' }).found(rule).length).toBe(1);
  });
  it('leaves alone short texts, carriers without MMS, outages and what was refused', () => {
    expect(begun({ channel: 'sms' }).found(rule)).toEqual([]);
    expect(begun({ mms: false, message: FILE, channel: 'sms' }).found(rule)).toEqual([]);
    const file = { message: FILE, channel: 'sms' } as const;
    expect(begun(file, changed('carrier/northtel/mms', 'down')).found(rule)).toEqual([]);
    const place = { device: 'person/ben/device/1', person: 'ben', wire: 'p2p:1' } as const;
    const about = { ...place, message: 'chat-1' };
    const refused = (told: Story): void => {
      const status = 'error-permanent-content-not-accepted';
      told.add({ kind: 'mms.refused', ...about, status, reason: 'too large' });
    };
    expect(begun(file, refused).found(rule)).toEqual([]);
    const left = (told: Story): void => {
      told.add({ kind: 'mms.file-left', ...about, bytes: 9, most: 5 });
    };
    expect(begun(file, left).found(rule)).toEqual([]);
    const unreachable = (told: Story): void => {
      told.add({ kind: 'mms.reported', ...about, of: 'ana', status: 'unreachable' });
    };
    expect(begun(file, unreachable).found(rule)).toEqual([]);
  });
});

const AT_ANA = { device: DEVICE, person: 'ana', wire: WIRE, message: 'chat-1' } as const;

describe('people/mms-not-fetched', () => {
  const rule = 'people/mms-not-fetched';
  const notified = (told: Story): void => {
    told.add({ kind: 'mms.notified', ...AT_ANA, bytes: 9 });
  };
  it('finds a notification that nothing came of', () => {
    expect(begun({ message: FILE }, notified).found(rule).length).toBe(1);
  });
  it('leaves alone what was fetched, and what could not be', () => {
    const fetched = (told: Story): void => {
      notified(told);
      const got = { people: ['ben', 'ana'], parts: ['image/jpeg'], bytes: 9 };
      told.add({ kind: 'mms.retrieved', ...AT_ANA, ...got });
    };
    expect(begun({ message: FILE }, fetched).found(rule)).toEqual([]);
    const down = (told: Story): void => {
      notified(told);
      changed('carrier/northtel/mms', 'down')(told);
    };
    expect(begun({ message: FILE }, down).found(rule)).toEqual([]);
  });
});

describe('people/group-split', () => {
  const rule = 'people/group-split';
  const group = { traffic: { to: ['ana', 'cleo'], group: true } } as const;
  const retrieved =
    (people: readonly string[]) =>
    (told: Story): void => {
      told.add({ kind: 'mms.retrieved', ...AT_ANA, people, parts: ['text/plain'], bytes: 9 });
    };
  it('finds a group message that names one of its people only', () => {
    expect(begun(group, retrieved(['ben', 'ana'])).found(rule).length).toBe(1);
  });
  it('leaves alone one that names them all, and one for one person', () => {
    expect(begun(group, retrieved(['ben', 'ana', 'cleo'])).found(rule)).toEqual([]);
    expect(begun({ message: FILE }, retrieved(['ben', 'ana'])).found(rule)).toEqual([]);
  });
});
