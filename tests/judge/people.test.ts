import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../simulators/kernel/events.ts';
import type { TrafficPlan } from '../../simulators/kernel/plan.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL } from './world-plan.ts';

const BEN = { ...ANA, id: 'ben', msisdn: '+999002', devices: [] };
const CLEO = { ...ANA, id: 'cleo', msisdn: '+999003', devices: [] };

const traffic = (name: string, from: string, more: Partial<TrafficPlan> = {}): TrafficPlan => ({
  ...CELL.traffic[0]!,
  name,
  from,
  to: ['ana'],
  ...more,
});

/** Ben writes to Ana; ben-1 is on her phone from second 2 on, `before` at second 1. */
function begun(ana = {}, vanishMicros?: number, before: readonly EventInput[] = []): Story {
  const cell = {
    worldCheck: true,
    world: { ...CELL.world, people: [{ ...ANA, ...ana }, BEN, CLEO] },
    traffic: [
      traffic('chat', 'ben', vanishMicros === undefined ? {} : { vanishMicros }),
      traffic('own', 'ben', { act: { kind: 'edit', of: 'chat' } }),
      traffic('strange', 'cleo', { act: { kind: 'react', of: 'chat' } }),
    ],
  };
  const told = story({ cell });
  const intend = (message: string, name: string, from: string): number =>
    told.add({
      kind: 'message.intended',
      message,
      traffic: name,
      to: 'ana',
      from,
      canary: `CANARY-${message}`,
    });
  told.at(1);
  intend('chat-1', 'chat', 'ben');
  intend('own-1', 'own', 'ben');
  intend('strange-1', 'strange', 'cleo');
  for (const event of before) told.add(event);
  told.at(2).add({
    kind: 'device.displayed',
    device: DEVICE,
    person: 'ana',
    wire: 'p2p:1',
    channel: 'rcs-e2ee',
    message: 'chat-1',
    padlock: true,
    disclosure: false,
  });
  return told.at(3);
}

const facts = (act: 'edit' | 'delete' | 'react', by: string, message: string) =>
  ({ device: DEVICE, person: 'ana', act, of: 'chat-1', by, message }) as const;
const arrived = (...about: Parameters<typeof facts>): EventInput => ({
  kind: 'act.arrived',
  ...facts(...about),
  wire: 'p2p:2',
});
const done = (...about: Parameters<typeof facts>): EventInput => ({
  kind: 'act.done',
  ...facts(...about),
});
const removed: EventInput = {
  kind: 'screen.removed',
  device: DEVICE,
  person: 'ana',
  message: 'chat-1',
};

function findings(rule: string, told: Story, ...events: readonly EventInput[]): number {
  for (const event of events) told.add(event);
  return told.end(100).found(rule).length;
}

describe.each([
  ['people/edit-ignored', 'edit'],
  ['people/deleted-shown', 'delete'],
] as const)('%s', (rule, act) => {
  it('finds a phone on which nothing changes', () => {
    expect(findings(rule, begun(), arrived(act, 'ben', 'own-1'))).toBe(1);
  });
  it('leaves alone what changed, what was gone already, and what nobody may do', () => {
    const change = [arrived(act, 'ben', 'own-1'), done(act, 'ben', 'own-1')];
    expect(findings(rule, begun(), ...change)).toBe(0);
    expect(findings(rule, begun(), removed, arrived(act, 'ben', 'own-1'))).toBe(0);
    expect(findings(rule, begun(), arrived(act, 'cleo', 'strange-1'))).toBe(0);
  });
});

describe('people/outsider-accepted', () => {
  const rule = 'people/outsider-accepted';
  it('finds a reaction of somebody who is not in the conversation', () => {
    const change = [arrived('react', 'cleo', 'strange-1'), done('react', 'cleo', 'strange-1')];
    expect(findings(rule, begun(), ...change)).toBe(1);
  });
  it('leaves alone a refusal, and what the author does', () => {
    expect(findings(rule, begun(), arrived('react', 'cleo', 'strange-1'))).toBe(0);
    const change = [arrived('edit', 'ben', 'own-1'), done('edit', 'ben', 'own-1')];
    expect(findings(rule, begun(), ...change)).toBe(0);
  });
});

describe('people/vanishing-stays', () => {
  const rule = 'people/vanishing-stays';
  const life = 20_000_000;
  it('finds what stays, and what goes too late', () => {
    expect(findings(rule, begun({}, life))).toBe(1);
    expect(findings(rule, begun({}, life).at(40), removed)).toBe(1);
  });
  it('leaves alone what goes in time, and what need not vanish', () => {
    expect(findings(rule, begun({}, life).at(22), removed)).toBe(0);
    expect(findings(rule, begun())).toBe(0);
  });
});

describe('people/receipt-unwanted', () => {
  const rule = 'people/receipt-unwanted';
  const receipt: EventInput = {
    kind: 'receipt.sent',
    device: DEVICE,
    person: 'ana',
    to: 'ben',
    wire: 'p2p:1',
    message: 'chat-1',
  };
  it('finds a receipt to whom there should be none', () => {
    expect(findings(rule, begun({ noReceiptsTo: ['ben'] }), receipt)).toBe(1);
    expect(findings(rule, begun({ readReceipts: false }), receipt)).toBe(1);
  });
  it('finds a receipt while they were switched off on the phone, and none of before', () => {
    const off: EventInput = {
      kind: 'device.changed',
      device: DEVICE,
      person: 'ana',
      state: 'up',
      change: 'receipts-off',
      channels: [],
    };
    expect(findings(rule, begun({ readReceipts: true }, undefined, [off]), receipt)).toBe(1);
    expect(findings(rule, begun({ readReceipts: true }), off, receipt)).toBe(0);
  });
  it('leaves alone receipts that the person lets out, and silence', () => {
    expect(findings(rule, begun({ noReceiptsTo: ['cleo'], readReceipts: true }), receipt)).toBe(0);
    expect(findings(rule, begun({ noReceiptsTo: ['ben'] }))).toBe(0);
  });
});

describe('people/transport', () => {
  const rule = 'people/transport';
  const phone = (platform: 'android' | 'ios') => ({ ...ANA.devices[0]!, platform });
  /** Ben writes to Ana, who sees it by this channel. */
  const seen = (platform: 'android' | 'ios', channel: 'imessage' | 'rcs', down = false): number => {
    const people = [
      { ...ANA, devices: [phone(platform)] },
      { ...BEN, devices: [phone('ios')] },
    ];
    const world = { ...CELL.world, people, imessage: true } as const;
    const told = story({ cell: { worldCheck: true, world, traffic: [traffic('chat', 'ben')] } });
    const component = 'imessage/apple';
    if (down) told.add({ kind: 'component.changed', component, state: 'down', why: 'outage' });
    const intended = { message: 'chat-1', traffic: 'chat', to: 'ana', from: 'ben' } as const;
    told.at(1).add({ kind: 'message.intended', ...intended, canary: 'CANARY-chat-1' });
    told.at(2).add({
      kind: 'device.displayed',
      device: DEVICE,
      person: 'ana',
      wire: 'p2p:1',
      channel,
      message: 'chat-1',
      padlock: false,
      disclosure: false,
    });
    return told.end(100).found(rule).length;
  };
  it('finds RCS between iPhones, and iMessage on another phone', () => {
    expect(seen('ios', 'rcs')).toBe(1);
    expect(seen('android', 'imessage')).toBe(1);
  });
  it('leaves alone what goes as it should, and what went round an outage', () => {
    expect(seen('ios', 'imessage')).toBe(0);
    expect(seen('android', 'rcs')).toBe(0);
    expect(seen('ios', 'rcs', true)).toBe(0);
  });
});
