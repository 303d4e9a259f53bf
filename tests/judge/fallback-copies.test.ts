import { describe, expect, it } from 'vitest';
import { DEVICE, story, unavailable } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, PHONE, POLICY, SECOND } from './world-plan.ts';

describe('fallback/duplicate', () => {
  const rule = 'fallback/duplicate';
  const twice = (between: (told: Story) => Story): Story =>
    between(story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' }).at(15))
      .at(16)
      .dispatch('m1', 'sms', { wire: 'smpp:1' })
      .at(17)
      .display('m1', 'sms', 'smpp:1')
      .display('m1', 'rcs', 'rbm:1')
      .end(200);

  it('finds two copies shown when the first was not asked back', () => {
    expect(twice((told) => told).found(rule)).toHaveLength(1);
  });

  it('counts it as information when revocation was asked for before the later dispatch', () => {
    const outcome = twice((told) => told.revoke('rbm:1')).rule(rule);
    expect(outcome.findings).toEqual([]);
    expect(outcome.reason).toContain('asked back');
  });

  it('is not helped by a revocation after the later dispatch', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    told.at(16).dispatch('m1', 'sms', { wire: 'smpp:1' }).revoke('rbm:1').at(17);
    told.display('m1', 'sms', 'smpp:1').display('m1', 'rcs', 'rbm:1').end(200);
    expect(told.found(rule)).toHaveLength(1);
  });

  it('is excused when the first copy had been reported failed', () => {
    const told = twice((each) => each.told('rbm:1', 'TTL_EXPIRATION_REVOKED', 'failed'));
    expect(told.found(rule)).toEqual([]);
  });

  it('leaves two devices of one dispatch alone', () => {
    const other = 'person/ana/device/2';
    const told = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' }).at(2);
    told.display('m1', 'rcs-e2ee', 'rbm:1');
    told.display('m1', 'rcs-e2ee', 'rbm:1', { device: other }).end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('leaves pushes to each device of a person alone, but not two to one device', () => {
    const pushes = (second: string): Story =>
      story({ claims: { channels: ['app-push'] } })
        .at(1)
        .accepted('m1')
        .dispatch('m1', 'app-push', { wire: 'fcm:1', device: DEVICE, known: true })
        .dispatch('m1', 'app-push', { wire: 'fcm:2', device: second, known: true })
        .at(2)
        .display('m1', 'app-push', 'fcm:1')
        .display('m1', 'app-push', 'fcm:2', { device: second })
        .end(100);
    expect(pushes('person/ana/device/2').found(rule)).toEqual([]);
    expect(pushes(DEVICE).found(rule)).toHaveLength(1);
  });
});

describe('fallback/misreported', () => {
  const rule = 'fallback/misreported';
  it('passes nobody whose statuses cannot be read, where others can', () => {
    const told = story().at(1);
    for (const message of ['m1', 'm2', 'm3']) {
      told.accepted(message).dispatch(message, 'rcs-e2ee', { wire: `rbm:impl-${message}` });
      told.at(2).display(message, 'rcs-e2ee', `rbm:impl-${message}`);
    }
    told.at(3).told('rbm:impl-m1', 'DELIVERED', 'delivered').at(4).status('m1', 'delivered');
    expect(told.end(30).rule(rule)).toMatchObject({ judged: 1, unjudged: 2, findings: [] });
    expect(told.rule(rule).inconclusive).toContain('its status could never be read');
    const silent = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    expect(silent.end(30).rule(rule)).toMatchObject({ judged: 0, unjudged: 0 });
  });

  it('passes nobody of whom no status could be read at all, though answers came', () => {
    const told = story().at(1);
    for (const message of ['m1', 'm2']) {
      told.accepted(message).dispatch(message, 'rcs-e2ee', { wire: `rbm:impl-${message}` });
      told.at(2).display(message, 'rcs-e2ee', `rbm:impl-${message}`);
    }
    const detail = '200, and /state points at nothing';
    told.at(20).unread('m1', detail).unread('m2', detail).end(30);
    expect(told.rule(rule)).toMatchObject({ judged: 0, unjudged: 2, findings: [] });
    expect(told.rule(rule).inconclusive).toContain('/state points at nothing');
  });

  const sent = (): Story =>
    story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' }).at(2);

  it('finds “delivered” without evidence', () => {
    expect(sent().status('m1', 'delivered').end(100).found(rule)[0]).toContain(
      'no evidence of delivery',
    );
  });

  it('leaves “delivered” alone when a receipt said so, even a lying one', () => {
    const told = sent().told('rbm:1', 'DELIVERED', 'delivered', { untrue: true }).at(9);
    expect(told.status('m1', 'delivered').end(100).rule(rule)).toMatchObject({
      judged: 1,
      findings: [],
    });
  });

  it('takes receipts in any order: read without delivered, and failed before delivered', () => {
    const told = sent().told('rbm:1', 'READ', 'read').told('rbm:1', 'FAILED', 'failed').at(9);
    expect(told.status('m1', 'read').end(100).found(rule)).toEqual([]);
  });

  it('finds “failed” and “sent” against evidence of delivery', () => {
    for (const word of ['failed', 'sent'] as const) {
      const told = sent().told('rbm:1', 'DELIVERED', 'delivered').at(9).status('m1', word).end(100);
      expect(told.found(rule)[0]).toContain('evidence of delivery');
    }
  });

  it('does not ask for what a lost receipt never told', () => {
    const told = sent().display('m1', 'rcs', 'rbm:1').at(9).status('m1', 'sent').end(100);
    expect(told.found(rule)).toEqual([]);
  });

  it('does not take a delivered carrier text for an opened link', () => {
    const told = story()
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'secure-link', { wire: 'rbm:1', known: true });
    told.at(2).told('rbm:1', 'DELIVERED', 'delivered').at(9).status('m1', 'sent').end(100);
    expect(told.found(rule)).toEqual([]);
  });

  it('finds a channel that was never used', () => {
    const told = sent().at(9).status('m1', 'sent', { channel: 'sms' }).end(100);
    expect(told.found(rule)[0]).toContain('reported as sent by sms');
  });
});

describe('fallback/undisclosed', () => {
  const rule = 'fallback/undisclosed';
  const downgraded = (disclosure: boolean): Story =>
    story()
      .at(1)
      .accepted('m1', 'medium')
      .dispatch('m1', 'sms', { wire: 'smpp:1', disclosure })
      .end(200);
  it('finds a downgraded message without the sentence', () => {
    expect(downgraded(false).found(rule)).toHaveLength(1);
  });
  it('leaves a disclosed one, and a class that needs none, alone', () => {
    expect(downgraded(true).rule(rule)).toMatchObject({ judged: 1, findings: [] });
    const low = story()
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', 'sms', { wire: 'smpp:1', disclosure: false });
    expect(low.end(100).rule(rule)).toMatchObject({ judged: 0, findings: [] });
  });
  it('does not judge single parts of a text that nobody saw whole', () => {
    const told = story().at(1).accepted('m1', 'medium');
    told.dispatch('m1', 'sms', { wire: 'smpp:1', disclosure: false });
    told.dispatch('m1', 'sms', { wire: 'smpp:2', disclosure: false }).end(200);
    expect(told.rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });
});

describe('fallback/known-dead', () => {
  const rule = 'fallback/known-dead';
  const told = (): Story =>
    story()
      .at(1)
      .learned(unavailable(['rcs', 'rcs-e2ee'], 'capability-age'))
      .at(2)
      .accepted('m1', 'low');
  it('finds a dispatch on a channel just said to be away, at level should', () => {
    const outcome = told().dispatch('m1', 'rcs', { wire: 'rbm:1' }).end(100).rule(rule);
    expect(outcome.findings).toMatchObject([{ level: 'should', message: 'm1' }]);
  });
  it('leaves the next channel alone', () => {
    expect(told().dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100).found(rule)).toEqual([]);
  });
});

describe('app push', () => {
  const withApp = {
    cell: {
      world: { ...CELL.world, people: [{ ...ANA, devices: [{ ...PHONE, app: true }] }] },
      policy: POLICY,
    },
    claims: { channels: ['app-push', 'sms'] as const },
  };
  it('does not hold the person’s own delay against the implementation', () => {
    const told = story(withApp)
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'app-push', { wire: 'fcm:1', device: DEVICE, echoed: 'impl-m1' })
      .at(2)
      .mark('device.notified', 'fcm:1')
      .at(300)
      .display('m1', 'app-push', 'fcm:1')
      .end(400);
    const verdict = told.verdict();
    expect(told.guilty()).toEqual([]);
    expect(verdict.messages[0]).toMatchObject({ displayedOn: 'app-push', latencyMicros: SECOND });
  });

  it('is known to be away until the app has a new token', () => {
    const refused = (): Story =>
      story(withApp)
        .at(1)
        .learned({
          channels: ['app-push'],
          scope: { device: DEVICE },
          says: 'unavailable',
          holds: 365 * 24 * 3_600 * SECOND,
        })
        .at(2)
        .device('app-removed', 'up', ['sms']);
    const pushed = (told: Story): Story =>
      told
        .at(4)
        .accepted('m1')
        .dispatch('m1', 'app-push', { wire: 'fcm:1', device: DEVICE, known: true })
        .end(100);
    expect(pushed(refused()).found('fallback/known-dead')).toHaveLength(1);
    const back = refused().at(3).device('app-installed', 'up', ['app-push', 'sms']);
    expect(pushed(back).found('fallback/known-dead')).toEqual([]);
  });
});
