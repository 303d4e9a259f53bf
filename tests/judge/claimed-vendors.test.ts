import { describe, expect, it } from 'vitest';
import type { Claims } from '../../simulators/kernel/events.ts';
import type { PushFacts } from '../../simulators/kernel/push-facts.ts';
import type { FaultPlan } from '../../simulators/kernel/plan.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, PHONE, SECOND } from './world-plan.ts';

const IPHONE = {
  ...PHONE,
  platform: 'ios',
  app: true,
  push: { ...PHONE.push, provider: 'apns' },
} as const;

/** Ana has an iPhone with the app, in a world of both push services. */
const WORLD = {
  ...CELL.world,
  push: ['apns', 'fcm'],
  people: [{ ...ANA, devices: [IPHONE] }],
} as const;

const CHANNELS = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'] as const;
const ALERT: PushFacts = {
  type: 'alert',
  asks: 'visible',
  priority: 'high',
  bytes: 120,
  token: 'abababab',
};

const told = (claims: Partial<Claims>, faults: readonly FaultPlan[] = []): Story =>
  story({ cell: { world: WORLD, faults }, claims: { channels: CHANNELS, ...claims } });

/** An alert by encrypted RCS, shown. */
const byRcs = (one: Story): Story =>
  one
    .at(1)
    .accepted('m1')
    .dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' })
    .at(2)
    .carried('rcs:1', 'rbm:1', 'rcs-e2ee')
    .display('m1', 'rcs-e2ee', 'rcs:1');

/** Accepted, and nothing more. */
const silent = (one: Story): Story => one.at(1).accepted('m1');

describe('a push service that is not claimed', () => {
  it('is no way: RCS to an iPhone is right where FCM alone is claimed', () => {
    const one = byRcs(told({ push: ['fcm'] })).end(200);
    expect(one.found('fallback/needless')).toEqual([]);
    expect(one.guilty()).toEqual([]);
  });

  it('is one where it is claimed, used or not', () => {
    for (const push of [['apns'], ['apns', 'fcm']]) {
      expect(byRcs(told({ push })).end(200).found('fallback/needless')).toHaveLength(1);
    }
  });

  it('misses nobody whom it alone could have reached', () => {
    const alone = { channels: ['app-push'] } as const;
    expect(
      silent(told({ ...alone, push: ['fcm'] }))
        .end(200)
        .guilty(),
    ).toEqual([]);
    expect(
      silent(told({ ...alone, push: ['apns'] }))
        .end(200)
        .guilty(),
    ).toContain('fallback/missed');
  });
});

describe('contract/unclaimed-channel', () => {
  const rule = 'contract/unclaimed-channel';
  const pushed = (claims: Partial<Claims>): Story =>
    told(claims)
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'app-push', {
        wire: 'apns:1',
        component: 'push/apns',
        device: DEVICE,
        echoed: 'impl-m1',
        push: ALERT,
      })
      .end(200);

  it('finds what goes through a vendor that is not claimed', () => {
    expect(pushed({ push: ['fcm'] }).found(rule)).toEqual([
      '1 message copy went out through apns, which the implementation does not claim to use.',
    ]);
    expect(pushed({ push: ['apns', 'fcm'] }).found(rule)).toEqual([]);
    expect(
      byRcs(told({ push: ['fcm'], gateways: ['twilio'] }))
        .end(200)
        .found(rule),
    ).toEqual([
      '1 message copy went out through rbm, which the implementation does not claim to use.',
    ]);
    const text = told({ push: ['fcm'], sms: [] })
      .at(1)
      .accepted('m1', 'low');
    expect(text.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(200).found(rule)).toEqual([
      '1 message copy went out to an SMS centre (smpp), which the implementation does not claim ' +
        'to use.',
    ]);
  });

  it('counts a channel once, through however many doors it went', () => {
    const two = told({ channels: ['sms'], gateways: ['rbm', 'sessions'] })
      .at(1)
      .accepted('m1');
    for (const name of ['rbm', 'sessions']) {
      two.dispatch('m1', 'rcs-e2ee', {
        wire: `${name}:1`,
        component: `gateway/${name}`,
        known: true,
      });
    }
    expect(two.end(200).rule(rule).findings).toMatchObject([
      { seen: '2 dispatches on rcs-e2ee', expected: 'one of claims.channels: sms' },
    ]);
  });
});

describe('a fault where the implementation has no business', () => {
  const outage = (name: string, ...targets: string[]): FaultPlan => ({
    name,
    fault: 'outage',
    targets,
    params: {},
    anchor: { kind: 'time', fromMicros: 10 * SECOND, untilMicros: 20 * SECOND },
    select: { kind: 'all' },
    of: null,
    evidence: { hits: { op: '>=', value: 1 } },
  });
  const judged = (claims: Partial<Claims>, ...faults: FaultPlan[]) =>
    byRcs(told(claims, faults)).at(10).touched('core-down').end(200).verdict();
  const core = outage('core-down', 'carrier/northtel/rcs');

  it('has no floor to reach, and the report says why', () => {
    const verdict = judged({ push: ['fcm'] }, core, outage('pushes-down', 'push/apns'));
    expect(verdict.verdict).toBe('pass');
    expect(verdict.faults).toMatchObject([{ reached: true }, { reached: false, outside: true }]);
    expect(verdict.faults[0]).not.toHaveProperty('outside');
    expect(verdict.notes).toContain(
      'The fault pushes-down strikes only what the implementation does not claim to use.',
    );
  });

  it('keeps its floor where a single target is claimed, or lies on no way at all', () => {
    for (const targets of [['push/apns', 'gateway/rbm'], ['implementation']]) {
      const verdict = judged({ push: ['fcm'] }, core, outage('other', ...targets));
      expect(verdict).toMatchObject({ verdict: 'inconclusive' });
      expect(verdict.why).toContain('other (outage of');
    }
  });

  it('keeps its floor for who claims the service and does not use it', () => {
    const centre = outage('centre-down', 'carrier/northtel/sms');
    const honest = judged({ push: ['fcm'], sms: [] }, core, centre);
    expect(honest.verdict).toBe('pass');
    expect(judged({ push: ['fcm'] }, core, centre).verdict).toBe('inconclusive');
  });
});
