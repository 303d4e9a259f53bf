import { describe, expect, it } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadDescription } from '../../harness/implementation/description.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { notApplicable } from '../../harness/verdict/index.ts';
import type { Claims } from '../../simulators/kernel/events.ts';
import type { Cell, FaultPlan } from '../../simulators/kernel/plan.ts';
import { CLAIMS } from '../judge/story-builder.ts';
import { ANA, CELL, PHONE } from '../judge/world-plan.ts';

const why = (cell: Partial<Cell>, claims: Partial<Claims> = {}): string | undefined =>
  notApplicable({ ...CELL, ...cell }, { ...CLAIMS, ...claims })?.why;

const IPHONE = { ...PHONE, platform: 'ios', push: { ...PHONE.push, provider: 'apns' } } as const;
const BEN = { ...ANA, id: 'ben', devices: [{ ...IPHONE, app: true }] };
const BOTH: Partial<Cell> = {
  world: {
    ...CELL.world,
    push: ['apns', 'fcm'],
    people: [{ ...ANA, devices: [{ ...PHONE, app: true }] }, BEN],
  },
  traffic: CELL.traffic.map((traffic) => ({ ...traffic, to: ['ana', 'ben'] })),
};

const outage = (name: string, ...targets: string[]): FaultPlan => ({
  name,
  fault: 'outage',
  targets,
  params: {},
  anchor: { kind: 'time', fromMicros: 0, untilMicros: 1 },
  select: { kind: 'all' },
  of: null,
  evidence: { hits: { op: '>=', value: 1 } },
});

describe('a cell is not for an implementation', () => {
  it('whose world brings a required channel by others than it claims', () => {
    expect(why({ requires: ['channel/rcs'] }, { gateways: ['twilio'], sms: [] })).toBe(
      'Its world has nothing for rcs that the implementation claims (twilio): it has rbm.',
    );
    expect(why({ requires: ['channel/sms'] }, { gateways: ['rbm', 'twilio'], sms: [] })).toBe(
      'Its world has nothing for sms that the implementation claims (rbm, twilio): it has an SMS ' +
        'centre (smpp).',
    );
    const push = { channels: ['app-push', 'rcs'], push: ['fcm'] } as const;
    const iphone = { world: { ...CELL.world, push: ['apns'], people: [BEN] } } as const;
    const traffic = CELL.traffic.map((each) => ({ ...each, to: ['ben'] }));
    expect(why({ ...iphone, traffic, requires: ['channel/app-push'] }, push)).toBe(
      'Its world has nothing for app-push that the implementation claims (fcm): it has apns.',
    );
  });

  it('that could reach nobody but by what it does not claim', () => {
    expect(why(BOTH, { channels: ['app-push'], push: [] })).toBe(
      'Its world has no way to anybody that the implementation claims (it names none): it has ' +
        'fcm and apns.',
    );
  });

  it('which is expected to reach somebody by what it does not claim', () => {
    const expectation = { kind: 'delivery', of: 'low', atLeast: 1, withinMicros: null } as const;
    const channel = 'app-push' as const;
    const alone = { channels: [channel], push: ['fcm'] } as const;
    expect(why({ ...BOTH, expect: [{ ...expectation, channel: null }] }, alone)).toBe(
      'Its world has no way to ben that the implementation claims (fcm): it has apns.',
    );
    const claims = { channels: ['app-push', 'rcs'], push: ['fcm'] } as const;
    expect(why({ ...BOTH, expect: [{ ...expectation, channel }] }, claims)).toBe(
      'Its world has nothing for app-push to ben that the implementation claims (fcm): it has ' +
        'apns.',
    );
    expect(why({ ...BOTH, expect: [{ ...expectation, channel: null }] }, claims)).toBeUndefined();
  });

  it('all of whose faults strike what it does not claim', () => {
    const claims = { channels: ['rcs', 'app-push'], push: ['fcm'], sms: [] } as const;
    const faults = [outage('a', 'push/apns'), outage('b', 'carrier/northtel/sms')];
    expect(why({ ...BOTH, faults }, claims)).toBe(
      'Its faults strike only what is on no way that the implementation claims: push/apns, ' +
        'carrier/northtel/sms.',
    );
    expect(why({ ...BOTH, faults: [...faults, outage('c', 'push/fcm')] }, claims)).toBeUndefined();
  });
});

describe('a cell is for an implementation', () => {
  it('that claims one way to everybody, whether it uses it or not', () => {
    expect(why(BOTH, { channels: ['app-push'], push: ['fcm'] })).toBeUndefined();
    expect(
      why({ requires: ['channel/rcs'] }, { gateways: ['twilio', 'rbm'], sms: [] }),
    ).toBeUndefined();
    expect(why(BOTH, { channels: ['app-push'], push: ['apns', 'fcm'] })).toBeUndefined();
  });

  it('where nobody at all could reach the person: that is what the scenario is about', () => {
    const carriers = CELL.world.carriers.map((carrier) => ({ ...carrier, rcs: false }));
    const world = { ...CELL.world, carriers };
    expect(why({ world, requires: ['channel/rcs'] }, { channels: ['rcs'] })).toBeUndefined();
  });

  it('in a world check, where nothing is under test', () => {
    const none = { channels: [], gateways: [], sms: [], push: [] } as const;
    expect(why({ worldCheck: true }, none)).toBeUndefined();
  });
});

describe('the scenarios that come with Bellwether', () => {
  const { cells } = loadPlan(['scenarios'], {
    vocabulary: createVocabulary(),
    workingDirectory: PROJECT_FOLDER,
  });
  const claimsOf = (example: string): Claims =>
    loadDescription(`${PROJECT_FOLDER}/examples/${example}/implementation.yaml`, PROJECT_FOLDER)
      .claims;
  const outside = (claims: Claims): string[] =>
    cells.filter((cell) => notApplicable(cell, claims) !== null).map(({ id }) => id);

  it('lose no cell to what their world lacks for the reference', () => {
    const claims = claimsOf('reference-notifier');
    const closed = cells.flatMap((cell) => {
      const said = notApplicable(cell, claims)?.why ?? '';
      return said === '' || said.startsWith('The implementation does not claim') ? [] : [cell.id];
    });
    expect(closed).toEqual([]);
  });

  it('ask a sender by Twilio for nothing in a world of RBM', () => {
    const ids = outside(claimsOf('twilio-sender'));
    expect(ids.filter((id) => id.startsWith('gate/'))).toHaveLength(
      cells.filter(({ suite }) => suite === 'gate').length,
    );
    expect(ids.filter((id) => id.startsWith('gateways/twilio'))).toEqual([]);
  });
});
