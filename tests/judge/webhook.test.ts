import { describe, expect, it } from 'vitest';
import type { EventInput, EventOf } from '../../simulators/kernel/events.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const PLAIN = { claims: { channels: ['rcs', 'sms'] } } as const;
type Answer = Partial<EventOf<'callback.answered'>>;

/** One message by RCS under `rbm:1`, shown and received at 2 s. */
const sent = (): Story =>
  story(PLAIN)
    .at(1)
    .accepted('m1', 'low')
    .dispatch('m1', 'rcs', { wire: 'rbm:1' })
    .at(2)
    .display('m1', 'rcs', 'rbm:1');

/** Any callback about `rbm:1` and its answer; returns the story. */
function called(
  told: Story,
  callback: string,
  more: Partial<EventOf<'callback.sent'>>,
  answer: Answer = {},
): Story {
  told.add({
    kind: 'callback.sent',
    callback,
    component: 'gateway/rbm',
    event: 'DELIVERED',
    wire: 'rbm:1',
    attempt: 1,
    ...more,
  } as EventInput);
  told.add({
    kind: 'callback.answered',
    callback,
    attempt: more.attempt ?? 1,
    outcome: 'accepted',
    status: '204',
    handedAt: told.now,
    ...answer,
  });
  return told;
}

const REFUSED: Answer = { outcome: 'refused', status: '403' };
const SILENT: Answer = { outcome: 'no-answer', status: 'ETIMEDOUT' };

describe.each(['forged', 'tampered', 'unsigned', 'wrong-key'] as const)('webhook/%s', (forgery) => {
  const rule = `webhook/${forgery}`;
  const lie = { forgery, event: 'READ', pretends: 'read' } as const;

  it('finds one that is taken, and names it', () => {
    const told = called(sent().at(3), 'lie', lie).end(100);
    expect(told.rule(rule)).toMatchObject({
      judged: 1,
      findings: [
        {
          level: 'must',
          message: 'm1',
          seen: '204',
          evidence: [expect.anything(), expect.anything()],
        },
      ],
    });
    expect(told.guilty()).toEqual([rule]);
  });

  it('finds a status that only the lie explains, although it was refused', () => {
    const told = called(sent().at(3), 'lie', lie, REFUSED);
    told.at(4).status('m1', 'read', { final: false }).at(60).told('rbm:1', 'READ', 'read');
    expect(told.end(100).found(rule)[0]).toContain('was reported read at 4 s');
  });

  it('leaves alone who refuses it, and who had reasons of its own for the status', () => {
    const refused = called(sent().at(3), 'lie', lie, REFUSED).told('rbm:1', 'READ', 'read');
    const told = refused.at(4).status('m1', 'read').end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('does not take an answer that never came for a refusal', () => {
    const told = called(sent().at(3), 'lie', lie, { ...SILENT, handedAt: null }).end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });

  it('is not made of claims that are made everywhere without evidence', () => {
    const told = called(sent().at(3), 'lie', lie, REFUSED);
    told.at(4).status('m1', 'read', { final: false });
    told.accepted('m2', 'low').dispatch('m2', 'rcs', { wire: 'rbm:2' });
    told.at(5).status('m2', 'read', { final: false });
    expect(told.end(100).found(rule)).toEqual([]);
    expect(told.found('fallback/misreported')).not.toEqual([]);
  });
});

describe('webhook/stale and webhook/replayed', () => {
  const old = (signedAt: number): Partial<EventOf<'callback.sent'>> => ({
    forgery: 'stale',
    signedAt,
    pretends: 'delivered',
  });

  it('finds a signature of an hour ago that is taken', () => {
    const told = called(sent().at(400), 'old', old(-3_600 * SECOND)).end(500);
    expect(told.found('webhook/stale')).toHaveLength(1);
    const again = { ...old(10 * SECOND), forgery: 'replayed' } as const;
    expect(called(sent().at(400), 'x', again).end(500).found('webhook/replayed')).toHaveLength(1);
  });

  it('leaves unjudged, with the reason, what nobody could tell', () => {
    const fresh = called(sent().at(400), 'old', old(399 * SECOND))
      .end(500)
      .rule('webhook/stale');
    expect(fresh).toMatchObject({
      judged: 0,
      unjudged: 1,
      reason: expect.stringContaining('5 minutes'),
    });
    const undated = called(sent().at(400), 'again', { forgery: 'replayed' }).end(500);
    expect(undated.rule('webhook/replayed')).toMatchObject({
      judged: 0,
      unjudged: 1,
      reason: expect.stringContaining('has no date'),
    });
  });

  it('leaves alone who refuses it', () => {
    const told = called(sent().at(400), 'old', old(0), REFUSED).end(500);
    expect(told.rule('webhook/stale')).toMatchObject({ judged: 1, findings: [] });
  });
});

describe('webhook/valid-rejected', () => {
  const rule = 'webhook/valid-rejected';
  const genuine = { implies: 'delivered' } as const;

  it('finds a genuine one refused, once however often it was repeated', () => {
    const told = sent().at(3);
    for (const attempt of [1, 2, 3]) {
      called(told, 'cb', { ...genuine, attempt, newKey: true }, REFUSED);
    }
    expect(told.end(100).found(rule)).toEqual([
      'The genuine callback “DELIVERED” of gateway/rbm, signed by the new key, was refused ' +
        'at 3 s: 403.',
    ]);
  });

  it('names the key of the path where nothing is there', () => {
    const missing = { outcome: 'refused', status: '404' } as const;
    const [said] = called(sent().at(3), 'cb', genuine, missing).end(100).found(rule);
    expect(said).toMatch(/was refused at 3 s: 404\. Is callbacks\.rbm\.path right\?$/);
  });

  it('lets somebody be busy or broken for a while, but not for good', () => {
    const later = (status: string, times: number): Story => {
      const told = sent().at(3);
      for (let attempt = 1; attempt <= times; attempt++) {
        called(told, 'cb', { ...genuine, attempt }, { outcome: 'refused', status });
      }
      return told;
    };
    expect(later('429', 5).end(100).found(rule)).toEqual([]);
    expect(
      called(later('503', 5), 'cb', { ...genuine, attempt: 6 })
        .end(100)
        .found(rule),
    ).toEqual([]);
    expect(later('503', 5).end(100).found(rule)).toHaveLength(1);
  });

  it('forgives that a message is unknown whose id could not be known yet', () => {
    const lost = story(PLAIN).at(1).accepted('m1', 'low');
    lost.dispatch('m1', 'rcs', { wire: 'rbm:1', outcome: 'answer-lost' }).at(2);
    const unknown = { outcome: 'refused', status: '404' } as const;
    expect(called(lost, 'cb', genuine, unknown).end(100).rule(rule)).toMatchObject({
      unjudged: 1,
      findings: [],
    });
    expect(called(sent().at(3), 'cb', genuine, unknown).end(100).found(rule)).toHaveLength(1);
  });

  it('says nothing of forgeries and of the vendor’s own repetitions', () => {
    const told = called(sent().at(3), 'cb', { forgery: 'forged' }, REFUSED);
    expect(called(told, 'cc', { again: true }, REFUSED).end(100).rule(rule)).toMatchObject({
      judged: 0,
      findings: [],
    });
  });
});

describe('webhook/fragile', () => {
  const rule = 'webhook/fragile';
  const exit = (told: Story): Story => {
    const how = { instance: 1, code: 1, signal: null, asked: false } as const;
    told.add({ kind: 'implementation.exited', ...how });
    return told;
  };

  it.each(['malformed', 'oversize'] as const)(
    'finds that a %s one ended or stalled it',
    (forgery) => {
      const reset = { outcome: 'no-answer', status: 'ECONNRESET' } as const;
      const dead = exit(called(sent().at(3), 'odd', { forgery }, reset).at(3.1)).end(100);
      expect(dead.found(rule)[0]).toContain('ended at 3.1 s');
      const silent = called(sent().at(3), 'odd', { forgery }, SILENT).end(100);
      expect(silent.found(rule)[0]).toContain('never answered');
      const after = called(sent().at(3), 'odd', { forgery }, REFUSED).at(5);
      expect(called(after, 'true', {}, SILENT).end(100).found(rule)[0]).toContain('next callbacks');
    },
  );

  it('lets a connection be closed on what is too large, and blames no later end on it', () => {
    const reset = { outcome: 'no-answer', status: 'ECONNRESET' } as const;
    const told = called(sent().at(3), 'odd', { forgery: 'oversize' }, reset).at(60);
    expect(exit(told).end(100).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('does not blame it while the harness held it back', () => {
    const told = sent().at(3).fault('applied', 'p', 'pause', 'implementation').at(4);
    called(told, 'odd', { forgery: 'malformed' }, SILENT);
    told.at(20).fault('lifted', 'p', 'pause', 'implementation');
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });

  it('finds a status that a late or repeated receipt moved back', () => {
    const read = (): Story =>
      sent().at(3).told('rbm:1', 'READ', 'read').at(4).status('m1', 'read', { final: false });
    const late = read().at(5).told('rbm:1', 'DELIVERED', 'delivered').at(90);
    expect(late.status('m1', 'delivered').end(100).found(rule)).toEqual([
      'Fraud alert m1 went back from read to delivered at 90 s, after a callback that came out ' +
        'of order.',
    ]);
    const again = called(read().at(5), 'odd', { again: true, pretends: 'delivered' }).at(90);
    expect(again.status('m1', 'delivered').end(100).found(rule)[0]).toContain(
      'a repeated callback',
    );
  });

  it('judges the same receipts without a finding when the status stays', () => {
    const told = sent().at(3).told('rbm:1', 'READ', 'read').told('rbm:1', 'DELIVERED', 'delivered');
    called(told, 'odd', { again: true, pretends: 'delivered' });
    expect(told.at(90).status('m1', 'read').end(100).rule(rule)).toMatchObject({
      judged: 2,
      findings: [],
    });
  });

  it('is not about a status that went back for no callback’s sake', () => {
    const told = sent().at(3).told('rbm:1', 'DELIVERED', 'delivered');
    told.at(4).status('m1', 'delivered', { final: false }).at(90).status('m1', 'sent');
    expect(told.end(100).found(rule)).toEqual([]);
  });
});
