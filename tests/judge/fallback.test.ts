import { describe, expect, it } from 'vitest';
import { story, unavailable } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const ON_E2EE = { wire: 'rbm:1' };

/** The best case: encrypted RCS, shown, reported. */
function healthy(): Story {
  return story()
    .at(1)
    .accepted('m1', 'high')
    .dispatch('m1', 'rcs-e2ee', ON_E2EE)
    .at(2)
    .carried('rcs:1', 'rbm:1', 'rcs-e2ee')
    .mark('device.received', 'rcs:1', 'rcs-e2ee')
    .display('m1', 'rcs-e2ee', 'rcs:1')
    .told('rbm:1', 'DELIVERED', 'delivered')
    .at(10)
    .status('m1', 'delivered', { encrypted: true, channel: 'rcs-e2ee' });
}

describe('a healthy message', () => {
  it('passes, and each exercised rule says how much it judged', () => {
    const verdict = healthy().end(100).verdict();
    expect(verdict.verdict).toBe('pass');
    expect(verdict.rules.flatMap((rule) => rule.findings.filter((f) => f.level !== 'may'))).toEqual(
      [],
    );
    expect(verdict.counts).toMatchObject({ messages: 1, displayed: 1, onTime: 1, unattributed: 0 });
    expect(verdict.counts.confusion).toEqual({ 'rcs-e2ee → rcs-e2ee': 1 });
  });
});

describe('fallback/forbidden-channel', () => {
  const rule = 'fallback/forbidden-channel';
  it('leaves a high-sensitivity secure link alone', () => {
    const told = story()
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'secure-link', { wire: 'rbm:1', known: true })
      .end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('finds readable SMS of high sensitivity even when the door refused it', () => {
    const told = story()
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'sms', { wire: 'smpp:1', outcome: 'failed' })
      .end(100);
    expect(told.found(rule)).toEqual([
      'Fraud alert m1 was sent as readable SMS although the policy forbids it for ' +
        'high sensitivity.',
    ]);
    expect(told.verdict().verdict).toBe('fail');
  });
});

describe('fallback/needless', () => {
  const rule = 'fallback/needless';
  /** Without links, SMS is what comes after RCS. */
  const noLinks = { claims: { channels: ['rcs-e2ee', 'rcs', 'sms'] as const } };
  const link = (told: Story): Story =>
    told.dispatch('m1', 'secure-link', { wire: 'rbm:9', known: true }).end(200);

  it('finds a worse channel while the better one was there and nothing said otherwise', () => {
    expect(link(story().at(1).accepted('m1').at(1.1)).found(rule)).toEqual([
      'Fraud alert m1 went out by secure link although end-to-end encrypted RCS was ' +
        'available and nothing said otherwise.',
    ]);
  });

  it('is excused by an unexpired “unavailable”, even a stale one', () => {
    const told = story()
      .at(1)
      .learned(unavailable(['rcs-e2ee'], 'capability-age'))
      .at(50)
      .accepted('m1');
    expect(link(told).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('is not excused by an expired “unavailable”', () => {
    const told = story()
      .at(1)
      .learned(unavailable(['rcs-e2ee'], 30 * SECOND))
      .at(50)
      .accepted('m1');
    expect(link(told.at(50.1)).found(rule)).toHaveLength(1);
  });

  it('is not excused by an “unavailable” that a later answer took back', () => {
    const told = story()
      .at(1)
      .learned(unavailable(['rcs-e2ee'], 'capability-age'))
      .at(20)
      .learned({ ...unavailable(['rcs-e2ee'], 'capability-age'), says: 'available' })
      .at(50)
      .accepted('m1');
    expect(link(told.at(50.1)).found(rule)).toHaveLength(1);
  });

  it.each([
    [20, 0],
    [10, 1],
  ])(
    'takes an answer after %i s for a timeout beyond the patience of 15 s',
    (seconds, findings) => {
      const slow = { wire: 'rbm:1', known: true, answered: false };
      const told = story().at(1).accepted('m0').dispatch('m0', 'rcs-e2ee', slow);
      const request = told.events.at(-1)?.seq ?? 0;
      told.at(1 + seconds).add({
        kind: 'door.answered',
        request,
        outcome: 'accepted',
        status: '200',
        handedAt: (1 + seconds) * SECOND,
      });
      expect(link(told.at(25).accepted('m1').at(25.1)).found(rule)).toHaveLength(findings);
    },
  );

  it('knows an answer only from when it was handed over', () => {
    const told = story()
      .at(50)
      .accepted('m1')
      .at(50.1)
      .dispatch('m1', 'secure-link', { wire: 'rbm:9', known: true });
    told
      .at(50.2)
      .learned(unavailable(['rcs-e2ee'], 'capability-age'))
      .end(200);
    expect(told.found(rule)).toHaveLength(1);
  });

  it('lets a circuit breaker work: a gateway that failed is busy for its time', () => {
    const busy = {
      channels: ['rcs', 'rcs-e2ee'] as const,
      scope: { component: 'gateway/rbm' },
      says: 'busy' as const,
      holds: 60 * SECOND,
    };
    const told = story(noLinks)
      .at(1)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', outcome: 'failed', meaning: [busy] });
    told.at(40).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    told.at(70).accepted('m2', 'low').dispatch('m2', 'sms', { wire: 'smpp:2' }).end(100);
    expect(told.rule(rule).findings.map((finding) => finding.message)).toEqual(['m2']);
  });

  it('takes silence as unavailable after the tolerance, and for timeout and back-off', () => {
    const told = story(noLinks)
      .at(1)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', outcome: 'silence' });
    // An answer may still come: nothing is known yet.
    told.at(2.5).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    // The timeout of 15 s is not over, but who waits less long for one answer has given it up.
    told.at(6).accepted('m2', 'low').dispatch('m2', 'sms', { wire: 'smpp:2' });
    told.at(75).accepted('m3', 'low').dispatch('m3', 'sms', { wire: 'smpp:3' });
    told.at(90).accepted('m4', 'low').dispatch('m4', 'sms', { wire: 'smpp:4' }).end(100);
    expect(told.rule(rule).findings.map((finding) => finding.message)).toEqual(['m1', 'm4']);
  });

  it('takes an answer that takes its time as a reason for doubt until it is there', () => {
    const told = story(noLinks)
      .at(1)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', answeredAfter: 6 });
    told.at(6).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    told.at(20).accepted('m2', 'low').dispatch('m2', 'sms', { wire: 'smpp:2' }).end(100);
    expect(told.rule(rule).findings.map((finding) => finding.message)).toEqual(['m2']);
  });

  it('does not count a channel that was down in truth', () => {
    const told = story(noLinks).component('gateway/rbm', 'down').at(1).accepted('m1', 'low');
    expect(told.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100).found(rule)).toEqual([]);
  });

  it('leaves a degraded channel unjudged, and beyond a fifth is inconclusive', () => {
    const told = story(noLinks).component('gateway/rbm', 'degraded').at(1).accepted('m1', 'low');
    const outcome = told.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100).rule(rule);
    expect(outcome).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
    expect(outcome.inconclusive).toContain('100 %');
  });

  it('knows that an offline person is on no channel', () => {
    const told = story().device('offline', 'down', []).at(1).accepted('m1', 'low');
    expect(told.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100).found(rule)).toEqual([]);
  });

  it('counts only claimed channels', () => {
    const told = story({ claims: { channels: ['sms'] } })
      .at(1)
      .accepted('m1', 'low');
    expect(told.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100).found(rule)).toEqual([]);
  });
});

describe('fallback/missed', () => {
  const rule = 'fallback/missed';
  it('finds a message that stayed undelivered while a link would have gone through', () => {
    const told = story()
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'silence' })
      .end(200);
    // The secure link travels by SMS, which is up.
    expect(told.found(rule)).toHaveLength(1);
    expect(told.found(rule)[0]).toContain('secure link was available');
  });

  it('does not count a centre to which the line was cut', () => {
    const told = story()
      .component('gateway/rbm', 'down')
      .component('link/carrier/northtel/sms~implementation', 'down')
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'silence' })
      .end(200);
    expect(told.found(rule)).toEqual([]);
  });

  it('leaves a message alone that was shown in time by the next channel', () => {
    const told = story()
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'silence' })
      .at(17)
      .dispatch('m1', 'secure-link', {
        wire: 'smpp:1',
        known: false,
        component: 'carrier/northtel/sms',
      })
      .at(20)
      .display('m1', 'secure-link', 'smpp:1')
      .end(200);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
    expect(told.guilty()).toEqual([]);
  });

  it('asks nothing impossible: all channels down, or up for too short a time', () => {
    const told = story({ claims: { sms: [], channels: ['rcs-e2ee', 'secure-link'] } })
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1')
      .at(50)
      .component('gateway/rbm', 'up')
      .at(51)
      .component('gateway/rbm', 'down')
      .end(200);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('charges a false receipt to the peer that lied', () => {
    const told = story()
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, known: true })
      .component('gateway/rbm', 'down')
      .at(2)
      .told('rbm:1', 'DELIVERED', 'delivered', { untrue: true })
      .end(200);
    expect(told.guilty()).toEqual([]);
  });

  it('does not judge a cell that ended before the deadline', () => {
    expect(story().at(1).accepted('m1').end(30).rule(rule)).toMatchObject({
      judged: 0,
      unjudged: 1,
    });
  });
});

describe('fallback/late', () => {
  const rule = 'fallback/late';
  const chain = (next: number, outcome: 'silence' | 'unavailable'): Story =>
    story()
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome, known: true })
      .at(next)
      .dispatch('m1', 'secure-link', {
        wire: 'smpp:1',
        known: true,
        component: 'carrier/northtel/sms',
      })
      .at(next + 1)
      .display('m1', 'secure-link', 'smpp:1')
      .end(200);

  it('allows the attempt timeout plus the tolerance', () => {
    expect(chain(17.9, 'silence').rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('finds the next channel after that', () => {
    expect(chain(19, 'silence').found(rule)[0]).toContain('1 s too late');
  });

  it('counts from the first definite refusal', () => {
    expect(chain(2.9, 'unavailable').found(rule)).toEqual([]);
    expect(chain(10, 'unavailable').found(rule)[0]).toContain('it was refused');
  });

  it('allows retries inside the timeout and finds those that restart it', () => {
    const retried = (next: number): Story =>
      story()
        .component('gateway/rbm', 'down')
        .at(1)
        .accepted('m1')
        .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'failed', known: true })
        .at(6)
        .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'failed', known: true, repeated: true })
        .at(next)
        .dispatch('m1', 'secure-link', {
          wire: 'smpp:1',
          known: true,
          component: 'carrier/northtel/sms',
        })
        .end(200);
    expect(retried(16).found(rule)).toEqual([]);
    expect(retried(21).found(rule)).toHaveLength(1);
  });

  it('finds a sender that never goes on although the next channel was there', () => {
    const told = story()
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, known: true })
      .at(100)
      .component('gateway/rbm', 'up')
      .display('m1', 'rcs-e2ee', 'rbm:1')
      .end(200);
    expect(told.found(rule)[0]).toContain('stayed with end-to-end encrypted RCS');
  });

  it('takes out the time in which the harness held the implementation', () => {
    const told = story()
      .component('gateway/rbm', 'down')
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'rcs-e2ee', { ...ON_E2EE, outcome: 'silence', known: true })
      .at(2);
    told.add({
      kind: 'implementation.exited',
      instance: 1,
      code: null,
      signal: 'SIGKILL',
      asked: true,
    });
    told.at(12).add({ kind: 'implementation.ready', instance: 2 });
    told.at(27).dispatch('m1', 'secure-link', {
      wire: 'smpp:1',
      known: true,
      component: 'carrier/northtel/sms',
    });
    expect(told.end(200).found(rule)).toEqual([]);
  });

  it('is inconclusive, not guilty, where the harness itself was slow', () => {
    const told = chain(19, 'silence');
    told.add({
      kind: 'harness.lag',
      fromMicros: 17 * SECOND,
      toMicros: 20 * SECOND,
      loopMicros: 3 * SECOND,
      sendMicros: 0,
    });
    expect(told.rule(rule)).toMatchObject({ findings: [] });
    expect(told.rule(rule).inconclusive).toContain('harness was too slow');
  });
});
