import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../simulators/kernel/plan.ts';
import type { EventOf } from '../../simulators/kernel/events.ts';
import type { Channel, Sensitivity } from '../../simulators/kernel/words.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { CELL, POLICY, SECOND } from './world-plan.ts';

type Answer = Pick<EventOf<'callback.answered'>, 'outcome' | 'status'>;
const REFUSED: Answer = { outcome: 'refused', status: '500' };
const UNANSWERED: Answer = { outcome: 'no-answer', status: 'ETIMEDOUT' };

const delivery: Expectation = {
  kind: 'delivery',
  of: 'high',
  atLeast: 1,
  withinMicros: 5 * SECOND,
  channel: null,
};

/** All traffic of the cell is written by Ana to the business. */
function letters(expect_: readonly Expectation[] = []): Story {
  const traffic = CELL.traffic.map((one) => ({ ...one, from: 'ana', to: ['business'] }));
  return story({ cell: { traffic, expect: expect_ } });
}

/** Written and brought as far as the gateway; 0.2 s later. */
function written(
  told: Story,
  message: string,
  channel: Channel = 'rcs-e2ee',
  sensitivity: Sensitivity = 'high',
): Story {
  const wire = `rbm-user:${message}`;
  const canary = `CANARY-${message}`;
  const core = 'carrier/northtel/rcs';
  const facts = { wire, channel, message } as const;
  told.add({
    kind: 'message.intended',
    message,
    traffic: sensitivity,
    to: 'business',
    from: 'ana',
    canary,
  });
  told.add({ kind: 'carried', ...facts, from: DEVICE, to: core });
  told.at(told.now / SECOND + 0.2);
  told.add({ kind: 'carried', ...facts, from: core, to: 'gateway/rbm' });
  return told;
}

function brought(told: Story, message: string, answer: Answer, attempt = 1): Story {
  const callback = `cb-${message}`;
  const wire = `rbm-user:${message}`;
  const component = 'gateway/rbm';
  const event = 'user message';
  const sent = {
    callback,
    component,
    event,
    wire,
    person: 'ana',
    device: DEVICE,
    attempt,
  } as const;
  told.add({ kind: 'callback.sent', ...sent });
  told.at(told.now / SECOND + 0.3);
  const handedAt = answer.outcome === 'no-answer' ? null : told.now;
  told.add({ kind: 'callback.answered', callback, attempt, handedAt, ...answer });
  return told;
}

function taken(told: Story, message: string, channel: Channel = 'rcs-e2ee', attempt = 1): Story {
  brought(told, message, { outcome: 'accepted', status: '204' }, attempt);
  const wire = `rbm-user:${message}`;
  const facts = { wire, channel, message, callback: `cb-${message}` } as const;
  told.add({ kind: 'business.received', person: 'ana', device: DEVICE, ...facts });
  return told;
}

describe('what a person writes to the business', () => {
  it('arrives when the callback was answered 2xx, and no rule about dispatches judges it', () => {
    const told = taken(written(letters([delivery]).at(1), 'm-1'), 'm-1').end(30);
    const verdict = told.verdict();
    expect(verdict).toMatchObject({ verdict: 'pass', worldCheck: false });
    expect(verdict.expectations).toMatchObject([{ outcome: 'held', seen: '100 % (1 of 1)' }]);
    const judged = verdict.rules.filter((each) => each.judged > 0 && each.level === 'must');
    expect(judged.map(({ rule }) => rule)).not.toContainEqual(expect.stringMatching('^fallback/'));
    expect(told.rule('delivery/lost').judged).toBe(1);
    expect(told.rule('e2ee/replay-accepted').judged).toBe(0);
    expect(verdict.messages).toMatchObject([{ person: 'ana', displayedOn: 'rcs-e2ee', tried: [] }]);
  });

  it('has a latency whose parts are the way up', () => {
    const told = written(letters().at(1), 'm-1');
    brought(told, 'm-1', REFUSED);
    taken(told.at(3), 'm-1', 'rcs-e2ee', 2).end(30);
    const [all] = told.verdict().latency;
    expect(all).toMatchObject({ of: 'high', samples: 1, max: 2_300 });
    expect(all?.parts).toMatchObject({ device: 0, carrier: 200, gateway: 1_800, accept: 300 });
  });

  it('may be refused and taken at a repetition', () => {
    const told = brought(written(letters().at(1), 'm-1'), 'm-1', REFUSED);
    taken(told.at(4), 'm-1', 'rcs-e2ee', 2).end(100);
    expect(told.guilty()).toEqual([]);
  });

  it('is lost when it is refused until its deadline', () => {
    const told = brought(written(letters([delivery]).at(1), 'm-1'), 'm-1', REFUSED);
    brought(told.at(20), 'm-1', REFUSED, 2).end(90);
    expect(told.found('delivery/lost')).toEqual([
      'Fraud alert m-1 from ana was brought to the implementation 2 times and never taken (500).',
    ]);
    expect(told.guilty()).toEqual(['delivery/lost']);
    expect(told.verdict().expectations).toMatchObject([{ outcome: 'failed' }]);
  });

  it('is lost when the vendor gave up before its deadline and nothing is under way', () => {
    const told = brought(written(letters().at(1), 'm-1'), 'm-1', REFUSED).end(20);
    expect(told.guilty()).toEqual(['delivery/lost']);
  });

  it('does not hold up a recovery, which is about what the implementation sends', () => {
    const [first] = CELL.traffic;
    const traffic = [first!, { ...CELL.traffic[2]!, from: 'ana', to: ['business'] }];
    const recovery: Expectation = { kind: 'recovery', from: 'broken', withinMicros: SECOND };
    const told = story({ cell: { traffic, expect: [recovery] } })
      .at(1)
      .fault('applied', 'broken');
    told.touched('broken');
    written(told, 'm-1').at(5).fault('lifted', 'broken');
    told.at(6).accepted('a-1', 'low').dispatch('a-1', 'rcs', { wire: 'rbm:1' });
    told.at(6.5).display('a-1', 'rcs', 'rbm:1').end(100);
    expect(told.verdict().expectations).toMatchObject([{ outcome: 'held' }]);
  });

  it('is lost when nobody answers, also where a slow harness saw a refusal', () => {
    const silent = (): Story => brought(written(letters().at(1), 'm-1'), 'm-1', UNANSWERED);
    expect(silent().end(90).guilty()).toEqual(['delivery/lost']);
    const slow = silent().at(10);
    const [fromMicros, toMicros] = [2 * SECOND, 10 * SECOND];
    slow.add({
      kind: 'harness.lag',
      fromMicros,
      toMicros,
      loopMicros: 5 * SECOND,
      sendMicros: 0,
    });
    const refusing = brought(slow.at(20), 'm-1', REFUSED, 2);
    expect(refusing.end(90).guilty()).toEqual(['delivery/lost']);
  });

  it('is not judged where nobody answered and the harness itself was slow', () => {
    const slow = brought(written(letters().at(1), 'm-1'), 'm-1', UNANSWERED).at(10);
    slow.add({
      kind: 'harness.lag',
      fromMicros: 2 * SECOND,
      toMicros: 10 * SECOND,
      loopMicros: 5 * SECOND,
      sendMicros: 0,
    });
    expect(slow.end(90).rule('delivery/lost')).toMatchObject({
      judged: 0,
      unjudged: 1,
      findings: [],
    });
  });

  it('waits while the harness has stopped the implementation', () => {
    const told = letters().at(0.5);
    const stopped = { instance: 1, code: null, signal: 'SIGKILL', asked: true } as const;
    told.add({ kind: 'implementation.exited', ...stopped });
    brought(written(told.at(1), 'm-1'), 'm-1', UNANSWERED).end(90);
    expect(told.rule('delivery/lost')).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });

  it('says nothing about the implementation when the world lost it', () => {
    const told = written(letters().at(1), 'm-1');
    told.add({ kind: 'lost', wire: 'rbm-user:m-1', component: 'carrier/northtel/rcs' });
    expect(told.end(90).rule('delivery/lost')).toMatchObject({ judged: 0, unjudged: 1 });
    expect(told.guilty()).toEqual([]);
  });

  it('is not yet lost while repetitions are to come', () => {
    const told = brought(written(letters().at(1), 'm-1'), 'm-1', REFUSED).at(10);
    told.add({ kind: 'cell.ended', outcome: 'completed', unfinished: ['1 callbacks'] });
    expect(told.rule('delivery/lost')).toMatchObject({ judged: 0, unjudged: 1 });
  });
});

describe('who sees what a person wrote', () => {
  const strict = {
    ...POLICY,
    observers: { ...POLICY.observers, gateway: { low: [], medium: [], high: [] } },
  };
  const exposed = (told: Story): string[] => told.end(60).found('e2ee/plaintext-exposed');

  it('is the person’s own affair on the way, even where the policy lets nobody see content', () => {
    const traffic = CELL.traffic.map((one) => ({ ...one, from: 'ana', to: ['business'] }));
    const told = written(story({ cell: { traffic, policy: strict } }).at(1), 'm-1', 'rcs');
    const facts = { channel: 'rcs', wire: 'rbm-user:m-1' } as const;
    told.tap('carrier', 'm-1', facts).tap('gateway', 'm-1', facts);
    expect(exposed(taken(told, 'm-1', 'rcs'))).toEqual([]);
  });

  it('is the implementation’s in its output and, of high sensitivity, in its files', () => {
    const told = taken(written(letters().at(1), 'm-1'), 'm-1');
    told.tap('implementation-output', 'm-1').tap('implementation-files', 'm-1');
    taken(written(told, 'm-2', 'rcs', 'low'), 'm-2', 'rcs').tap('implementation-files', 'm-2');
    expect(exposed(told)).toEqual([
      expect.stringMatching(/m-1 .*implementation’s output/),
      expect.stringMatching(/m-1 .*implementation’s files/),
    ]);
  });

  it('is the implementation’s when it passes it on by a channel that the class forbids', () => {
    const told = taken(written(letters().at(1), 'm-1'), 'm-1');
    told.dispatch('m-1', 'rcs', { wire: 'rbm:copy' });
    told.tap('gateway', 'm-1', { channel: 'rcs', wire: 'rbm:copy' });
    told.display('m-1', 'rcs', 'rbm:copy');
    expect(exposed(told)).toHaveLength(1);
    // The copy is not the arrival, and no fall-back of the person's message.
    expect(told.guilty()).toEqual(['e2ee/plaintext-exposed']);
    expect(told.verdict().messages).toMatchObject([{ displayedOn: 'rcs-e2ee', tried: [] }]);
  });
});
