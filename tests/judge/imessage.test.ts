import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL } from './world-plan.ts';

const BEN = { ...ANA, id: 'ben', msisdn: '+999002' };
const SENDER = 'person/ana/device/1';
const [FIRST, SECOND] = ['person/ben/device/1', 'person/ben/device/2'];

function begun(): Story {
  const world = { ...CELL.world, people: [ANA, BEN], imessage: true } as const;
  const [traffic] = CELL.traffic;
  const chat = { ...traffic!, name: 'chat', from: 'ana', to: ['ben'] };
  return story({ cell: { worldCheck: true, world, traffic: [chat] } });
}

const at = (device: string, key: string) => ({ person: 'ben', device, key }) as const;
const registered = (told: Story, device: string, key: string): void =>
  void told.add({ kind: 'imessage.registered', ...at(device, key) });
const removed = (told: Story, device: string, key: string): void =>
  void told.add({ kind: 'imessage.deregistered', ...at(device, key), why: 'left' });
const sealed = (told: Story, wire: string, to: readonly (readonly [string, string])[]): void => {
  const devices = to.map(([device, key]) => at(device, key));
  told.add({ kind: 'imessage.sealed', wire, device: SENDER, people: ['ben'], to: devices });
};

describe('people/imessage-stale-key', () => {
  const rule = 'people/imessage-stale-key';
  it('finds keys that were removed long before, and devices left out', () => {
    const told = begun().at(1);
    registered(told, FIRST, 'k1');
    registered(told, SECOND, 'k2');
    removed(told.at(10), FIRST, 'k1');
    sealed(told.at(60), 'im:1', [[FIRST, 'k1']]);
    expect(told.end(100).found(rule).length).toBe(2);
  });
  it('leaves alone what the directory has, and what changed a moment before', () => {
    const told = begun().at(1);
    registered(told, FIRST, 'k1');
    sealed(told.at(30), 'im:1', [[FIRST, 'k1']]);
    removed(told.at(31), FIRST, 'k1');
    registered(told, SECOND, 'k2');
    sealed(told.at(32), 'im:2', [[FIRST, 'k1']]);
    expect(told.end(100).found(rule)).toEqual([]);
  });
});

describe('people/imessage-unopened', () => {
  const rule = 'people/imessage-unopened';
  const refused = (told: Story): void => {
    told.add({ kind: 'imessage.refused', wire: 'im:1', device: FIRST, reason: 'wrong-signature' });
  };
  it('finds a device that refuses what was for its registered key', () => {
    const told = begun().at(1);
    registered(told, FIRST, 'k1');
    sealed(told.at(10), 'im:1', [[FIRST, 'k1']]);
    refused(told.at(11));
    expect(told.end(100).found(rule).length).toBe(1);
  });
  it('leaves alone one whose key went meanwhile', () => {
    const told = begun().at(1);
    registered(told, FIRST, 'k1');
    sealed(told.at(10), 'im:1', [[FIRST, 'k1']]);
    removed(told.at(11), FIRST, 'k1');
    refused(told.at(12));
    expect(told.end(100).found(rule)).toEqual([]);
  });
});

describe('people/imessage-silent-change', () => {
  const rule = 'people/imessage-silent-change';
  const twice = (between: (told: Story) => void): number => {
    const told = begun().at(1);
    registered(told, FIRST, 'k1');
    registered(told, SECOND, 'k2');
    sealed(told.at(10), 'im:1', [[FIRST, 'k1']]);
    between(told.at(11));
    const both = [
      [FIRST, 'k1'],
      [SECOND, 'k2'],
    ] as const;
    sealed(told.at(12), 'im:2', both);
    return told.end(100).found(rule).length;
  };
  it('finds other keys that nobody was told of', () => {
    expect(twice(() => {})).toBe(1);
  });
  it('leaves alone those that the person was told of', () => {
    const change = { device: SENDER, of: 'ben', added: ['k2'], removed: [] };
    expect(twice((told) => void told.add({ kind: 'imessage.keys-changed', ...change }))).toBe(0);
  });
});
