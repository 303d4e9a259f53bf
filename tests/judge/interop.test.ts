import { describe, expect, it } from 'vitest';
import { expectationFor } from '../../harness/judge/interop-table.ts';
import type { Cell, PersonPlan } from '../../simulators/kernel/plan.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, PHONE } from './world-plan.ts';

const rule = 'e2ee/interop';

function person(id: string, profile: string, over: Partial<PersonPlan> = {}): PersonPlan {
  return { ...ANA, id, msisdn: `+99900${id}`, devices: [{ ...PHONE, profile }], ...over };
}

function cellOf(people: readonly PersonPlan[], e2ee = true): Cell {
  const [base] = CELL.world.carriers;
  const carriers = [{ ...base!, e2ee }];
  const others = people.slice(1).map(({ id }) => id);
  return {
    ...CELL,
    worldCheck: true,
    world: { ...CELL.world, carriers, people },
    traffic: [
      {
        ...CELL.traffic[0]!,
        name: 'low',
        from: people[0]!.id,
        to: others,
        ...(others.length > 1 && { group: true as const }),
      },
    ],
  };
}

type Way = 'encrypted' | 'open' | 'encrypted without a padlock' | 'open with a padlock';

function said(told: Story, from: string, to: string): Story {
  told.at(1).add({
    kind: 'message.intended',
    message: 'm-1',
    traffic: 'low',
    to,
    from,
    canary: 'CANARY-m-1',
  });
  told.add({
    kind: 'carried',
    wire: 'p2p:1',
    from: `person/${from}/device/1`,
    to: 'carrier/northtel/rcs',
    channel: 'rcs',
    message: 'm-1',
  });
  return told;
}

function shown(told: Story, to: string, way: Way, device = '1'): void {
  told.add({
    kind: 'device.displayed',
    device: `person/${to}/device/${device}`,
    person: to,
    wire: 'p2p:1',
    channel: way.startsWith('encrypted') ? 'rcs-e2ee' : 'rcs',
    message: 'm-1',
    padlock: way === 'encrypted' || way === 'open with a padlock',
    disclosure: false,
  });
}

const BEN_ABLE = person('ben', 'ios-26.5');
const BEN_UNABLE = person('ben', 'ios-26.2');
const ANA_ABLE = person('ana', 'android-16');

function pair(ben: PersonPlan, way: Way, carrierHasIt = true) {
  const told = said(story({ cell: cellOf([ANA_ABLE, ben], carrierHasIt) }), 'ana', 'ben');
  shown(told, 'ben', way);
  return told.end(100).rule(rule);
}

describe('e2ee/interop', () => {
  it('is content with what both can, and with what one cannot', () => {
    expect(pair(BEN_ABLE, 'encrypted')).toMatchObject({ judged: 1, findings: [] });
    expect(pair(BEN_UNABLE, 'open')).toMatchObject({ judged: 1, findings: [] });
    expect(pair(BEN_ABLE, 'open', false)).toMatchObject({ judged: 1, findings: [] });
    const off = person('ben', 'ios-26.5', { e2eeSwitch: 'off' });
    expect(pair(off, 'open').findings).toEqual([]);
  });

  it.each<[PersonPlan, Way, boolean]>([
    [BEN_ABLE, 'open', true],
    [BEN_ABLE, 'encrypted without a padlock', true],
    [BEN_UNABLE, 'encrypted', true],
    [BEN_UNABLE, 'open with a padlock', true],
    [BEN_ABLE, 'encrypted', false],
  ])('finds what is otherwise (%#)', (ben, way, carrierHasIt) => {
    expect(pair(ben, way, carrierHasIt).findings).toHaveLength(1);
  });

  it('judges each conversation by its own people, in one traffic and in several', () => {
    const cas = person('cas', 'ios-26.2');
    const cell = cellOf([ANA_ABLE, BEN_ABLE, cas]);
    const low = { ...CELL.traffic[0]!, name: 'low', from: 'ana', to: ['ben', 'cas'] };
    const back = { ...low, name: 'back', from: 'cas', to: ['ben'] };
    const told = story({ cell: { ...cell, traffic: [low, back] } });
    const ways = [
      ['m-1', 'low', 'ana', 'ben', 'rcs-e2ee'],
      ['m-2', 'low', 'ana', 'cas', 'rcs'],
      ['m-3', 'back', 'cas', 'ben', 'rcs'],
    ] as const;
    for (const [message, traffic, from, to, channel] of ways) {
      told.add({ kind: 'message.intended', message, traffic, to, from, canary: `C-${message}` });
      told.add({
        kind: 'device.displayed',
        device: `person/${to}/device/1`,
        person: to,
        wire: `p2p:${message}`,
        channel,
        message,
        padlock: channel === 'rcs-e2ee',
        disclosure: false,
      });
    }
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 3, findings: [] });
  });

  it('finds whom a message of their group never reached, on each of their phones', () => {
    const cas = person('cas', 'android-16', {
      devices: [PHONE, { ...PHONE, id: '2' }, { ...PHONE, id: '3', online: false }],
    });
    const told = said(story({ cell: cellOf([ANA_ABLE, BEN_ABLE, cas]) }), 'ana', 'ben');
    shown(told, 'ben', 'encrypted');
    shown(told, 'cas', 'encrypted');
    const { findings } = told.end(100).rule(rule);
    expect(findings.map(({ device }) => device)).toEqual(['person/cas/device/2']);
  });

  it('leaves alone what it knows nothing of, and what came after a fault', () => {
    expect(pair(person('ben', 'my-own-phone'), 'open')).toMatchObject({ judged: 0, unjudged: 1 });
    const told = story({ cell: cellOf([ANA_ABLE, BEN_ABLE]) });
    told.add({
      kind: 'fault.applied',
      fault: 'wiped',
      entry: 'key-loss',
      target: 'person/ben/device/1',
    });
    said(told, 'ana', 'ben');
    shown(told, 'ben', 'open');
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 0, findings: [] });
  });
});

describe('what is to be expected', () => {
  it('names what stands in the way', () => {
    const because = (people: PersonPlan[], e2ee = true) =>
      expectationFor(cellOf(people, e2ee), people);
    expect(because([ANA_ABLE, BEN_ABLE])).toEqual({ kind: 'encrypted' });
    expect(because([ANA_ABLE, BEN_UNABLE])).toMatchObject({
      because: expect.stringMatching(/ios-26.2/),
    });
    expect(because([ANA_ABLE, person('ben', 'ios-26.3')])).toMatchObject({
      because: expect.stringMatching(/26.3/),
    });
    expect(because([ANA_ABLE, person('ben', 'ios-26.3-hypothetical')]).kind).toBe('encrypted');
    expect(because([ANA_ABLE, BEN_ABLE], false)).toMatchObject({
      because: expect.stringMatching(/northtel/),
    });
  });
});
