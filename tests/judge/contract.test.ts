import { describe, expect, it } from 'vitest';
import { RULES } from '../../harness/judge/rules/index.ts';
import type { DoorOutcome } from '../../simulators/kernel/door-words.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

/** Without encrypted RCS, readable RCS is the best channel of the low class. */
const PLAIN = { claims: { channels: ['rcs', 'secure-link', 'sms'] } } as const;

const sent = (told: Story = story(PLAIN)): Story =>
  told
    .at(1)
    .accepted('m1', 'low')
    .dispatch('m1', 'rcs', { wire: 'rbm:1' })
    .at(2)
    .display('m1', 'rcs', 'rbm:1');

describe('contract rules', () => {
  it('unexpected-traffic finds each unknown request once, with its count', () => {
    const told = sent();
    for (let time = 0; time < 3; time++) {
      told.add({
        kind: 'door.request',
        component: 'gateway/rbm',
        operation: 'unexpected',
        what: 'PATCH /v2/x',
      });
    }
    expect(told.end(100).rule('contract/unexpected-traffic').findings).toMatchObject([
      { seen: 'PATCH /v2/x (3 times)', level: 'must' },
    ]);
    expect(sent().end(100).rule('contract/unexpected-traffic')).toMatchObject({
      judged: 1,
      findings: [],
    });
  });

  it('unexpected-traffic names a host outside, unless it could not be known', () => {
    const told = sent();
    for (const operation of ['unexpected', 'connect'] as const) {
      const what = `CONNECT ${operation}.example:443`;
      told.add({ kind: 'door.request', component: 'outside', operation, what });
    }
    const { findings } = told.end(100).rule('contract/unexpected-traffic');
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      'No simulator stands for the host that it called 1 time: CONNECT unexpected.example:443.',
    ]);
  });

  it('unclaimed-channel finds a channel outside the claims', () => {
    const told = sent(story({ claims: { channels: ['sms'] } })).end(100);
    expect(told.found('contract/unclaimed-channel')).toHaveLength(1);
    expect(sent().end(100).found('contract/unclaimed-channel')).toEqual([]);
  });

  it('unknown-status finds an undeclared word', () => {
    const told = sent();
    told.add({ kind: 'status.seen', message: 'm1', raw: 'yeeted', by: 'poll' });
    expect(told.end(100).found('contract/unknown-status')[0]).toContain('“yeeted”');
    expect(sent().status('m1', 'queued').end(100).found('contract/unknown-status')).toEqual([]);
    const odd = sent().status('m1', 'queued', { encryptedAs: '"yes"' }).end(100);
    expect(odd.found('contract/unknown-status')[0]).toContain('is neither true nor false');
  });

  it('definite-failure-delivered finds what was refused for certain and went out', () => {
    const refused = (definite: boolean): Story =>
      story()
        .at(1)
        .intend('m1', 'low')
        .submit('m1')
        .answer('m1', { outcome: 'refused', definite, status: '400' })
        .dispatch('m1', 'rcs', { wire: 'rbm:1' })
        .at(2)
        .display('m1', 'rcs', 'rbm:1')
        .end(100);
    expect(refused(true).found('contract/definite-failure-delivered')).toHaveLength(1);
    expect(refused(false).found('contract/definite-failure-delivered')).toEqual([]);
  });

  it('definite-failure-delivered lets who was refused by the gateway say so', () => {
    const refused = (outcome: DoorOutcome, late = false): Story => {
      const told = story().at(1).intend('m1', 'low').submit('m1');
      const tried = (): Story => told.dispatch('m1', 'sms', { wire: 'twilio:1', outcome });
      if (!late) tried();
      told.answer('m1', { outcome: 'refused', definite: true, status: 'exit-1' });
      if (late) tried();
      return told.end(100);
    };
    const rule = 'contract/definite-failure-delivered';
    expect(refused('throttled').rule(rule)).toMatchObject({ judged: 1, findings: [] });
    expect(refused('throttled', true).found(rule)).toHaveLength(1);
    // It may have been taken: nobody can be certain.
    expect(refused('answer-lost').found(rule)).toHaveLength(1);
  });

  it('valid-rejected finds a webhook that does not answer the secret, until it does', () => {
    const verified = (...answers: readonly (readonly [string, boolean])[]): Story => {
      const told = sent();
      for (const [status, held] of answers) {
        const callback = 'cb-v';
        const attempt = 1;
        const component = 'gateway/rbm';
        told.add({ kind: 'callback.sent', callback, component, event: 'verification', attempt });
        const outcome = held ? 'accepted' : 'refused';
        const handedAt = told.now;
        told.add({ kind: 'callback.answered', callback, attempt, outcome, status, handedAt });
      }
      return told.end(100);
    };
    expect(verified(['200', true]).rule('webhook/valid-rejected')).toMatchObject({
      judged: 1,
      findings: [],
    });
    expect(
      verified(['404 (answered 404 instead of 200)', false]).found('webhook/valid-rejected'),
    ).toEqual([
      'gateway/rbm could not verify the implementation’s webhook (404 (answered 404 instead of ' +
        '200)): it sends no receipt and no reply. Is callbacks.rbm.path right?',
    ]);
    const late = verified(['ETIMEDOUT', false]);
    expect(late.found('webhook/valid-rejected')).toHaveLength(1);
    late.events.splice(1, 0, {
      seq: 0,
      t: 0,
      kind: 'harness.lag',
      fromMicros: 0,
      toMicros: 1,
      loopMicros: 9_000_000,
      sendMicros: 0,
    });
    expect(late.rule('webhook/valid-rejected')).toMatchObject({
      judged: 0,
      unjudged: 1,
      findings: [],
    });
    expect(verified(['503', false], ['200', true]).found('webhook/valid-rejected')).toEqual([]);
    expect(sent().end(100).rule('webhook/valid-rejected').judged).toBe(0);
  });

  it('probe finds a probe that did not hold', () => {
    const probed = (held: boolean): Story => {
      const told = sent();
      told.add({ kind: 'probe.result', probe: 'unknown-operation', held, detail: 'answered 200' });
      return told.end(100);
    };
    expect(probed(false).found('contract/probe')[0]).toContain('unknown-operation');
    expect(probed(true).rule('contract/probe')).toMatchObject({ judged: 1, findings: [] });
  });

  it('probe is inconclusive where an answer never came, and says to what', () => {
    const told = sent();
    const probe = 'unknown-recipient-not-delivered';
    const detail = 'its message was answered 503';
    told.add({ kind: 'probe.result', probe, held: false, detail, unanswered: true });
    const outcome = told.end(100).rule('contract/probe');
    expect(outcome).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
    expect(outcome.inconclusive).toBe(
      'the honesty probe never got an answer to whether it reports a message to nobody as ' +
        'delivered (its message was answered 503)',
    );
    expect(told.verdict().verdict).toBe('inconclusive');
  });
});

describe('implementation rules', () => {
  const exit = (asked: boolean, reason?: 'not-ready' | 'hung'): Story => {
    const told = sent();
    told.add({
      kind: 'implementation.exited',
      instance: 1,
      code: 1,
      signal: null,
      asked,
      ...(reason === undefined ? {} : { reason }),
    });
    return told.end(100);
  };
  it('crashed, not-ready and hung each find their own end, and still judge the messages', () => {
    expect(exit(false).guilty()).toEqual(['implementation/crashed']);
    expect(exit(true, 'not-ready').guilty()).toEqual(['implementation/not-ready']);
    expect(exit(true, 'hung').guilty()).toEqual(['implementation/hung']);
    expect(exit(false).verdict()).toMatchObject({ verdict: 'fail', counts: { displayed: 1 } });
  });
  it('not-ready says what was tried and what came, where the history knows it', () => {
    const why = 'GET http://127.0.0.1:1/ready answered 404 (wanted below 400) for 4 s';
    const told = sent();
    const bad = { code: null, signal: null, asked: false, reason: 'not-ready', why } as const;
    told.add({ kind: 'implementation.exited', instance: 1, ...bad, lastLines: ['starting'] });
    const [finding] = told.end(100).rule('implementation/not-ready').findings;
    expect(finding).toMatchObject({ seen: `${why}\nstarting` });
    expect(finding?.sentence).toContain(why);
  });
  it('leaves an end alone that the harness asked for', () => {
    expect(exit(true).guilty()).toEqual([]);
    expect(exit(true).rule('implementation/crashed').judged).toBe(1);
  });
  it('output-flood finds output beyond the limit', () => {
    const told = (flooded: boolean): Story => {
      const history = sent();
      history.add({
        kind: 'implementation.output',
        instance: 1,
        stream: 'stdout',
        bytes: 9,
        ...(flooded ? { flooded } : {}),
      });
      return history.end(100);
    };
    expect(told(true).guilty()).toEqual(['implementation/output-flood']);
    expect(told(false).guilty()).toEqual([]);
  });
});

describe('api/not-idempotent', () => {
  const rule = 'api/not-idempotent';
  const retried = (wire: string): Story =>
    story()
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', 'rcs', { wire: 'rbm:1', outcome: 'answer-lost' })
      .at(2)
      .display('m1', 'rcs', 'rbm:1')
      .at(3)
      .dispatch('m1', 'rcs', { wire, repeated: wire === 'rbm:1' })
      .at(4);
  it('finds a lost answer that became a second message', () => {
    const told = retried('rbm:2').display('m1', 'rcs', 'rbm:2').end(100);
    expect(told.found(rule)[0]).toContain('reached the person twice');
  });
  it('does not blame the key for the copy that a retry made', () => {
    const told = retried('rbm:2')
      .display('m1', 'rcs', 'rbm:2')
      .submit('m1', 2)
      .answer('m1')
      .end(100);
    expect(told.found(rule)).toEqual([expect.stringContaining('an answer was lost')]);
  });
  it('leaves a retry with the same id alone', () => {
    expect(retried('rbm:1').end(100).rule(rule)).toMatchObject({ findings: [] });
    expect(retried('rbm:1').end(100).rule(rule).judged).toBeGreaterThan(0);
  });
  it('finds two ids for one idempotency key, where idempotency is claimed', () => {
    const twice = (idempotency: boolean): Story =>
      sent(story({ claims: { idempotency } }))
        .submit('m1', 2)
        .answer('m1', { id: 'other' })
        .end(100);
    expect(twice(true).found(rule)).toHaveLength(1);
    expect(twice(false).rule(rule)).toMatchObject({ unjudged: 1, findings: [] });
    expect(sent().submit('m1', 2).answer('m1').end(100).rule(rule)).toMatchObject({
      judged: 1,
      findings: [],
    });
  });
});

describe('api/hammering', () => {
  const rule = 'api/hammering';
  const again = (outcome: 'throttled' | 'rejected' | 'failed', after: number): Story =>
    story()
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', 'rcs', {
        wire: 'rbm:1',
        outcome,
        ...(outcome === 'throttled' ? { retryAfter: 5 } : {}),
      })
      .at(1 + after)
      .dispatch('m1', 'rcs', { wire: 'rbm:1', repeated: true })
      .end(100);
  it('finds a retry before the Retry-After is over', () => {
    expect(again('throttled', 1).found(rule)).toHaveLength(1);
    expect(again('throttled', 5).found(rule)).toEqual([]);
  });
  it('finds the retry of a permanent error, not of a passing one', () => {
    expect(again('rejected', 9).found(rule)).toHaveLength(1);
    expect(again('failed', 1).found(rule)).toEqual([]);
  });
  it('finds retries without a pause, however long patient ones go on', () => {
    const retries = (gap: number): Story => {
      const told = story().at(1).accepted('m1', 'low');
      for (let index = 0; index < 40; index++) {
        told.at(1 + index * gap);
        told.dispatch('m1', 'sms', { wire: `smpp:${index}`, outcome: 'failed' });
      }
      return told.end(700);
    };
    expect(retries(0.05).found(rule)).toEqual([
      'Fraud alert m1 was retried by readable SMS at carrier/northtel/sms when it should not ' +
        'have been: 39 retries with hardly a pause after failed.',
    ]);
    expect(retries(1.01).found(rule)).toEqual([]);
  });
  it('finds a flood into a door that keeps asking to slow down', () => {
    const flood = (gap: number): Story => {
      const told = story();
      for (let index = 0; index < 30; index++) {
        told.at(1 + index * gap).accepted(`m${index}`, 'low');
        told.dispatch(`m${index}`, 'sms', { wire: `smpp:${index}`, outcome: 'throttled' });
      }
      return told.end(100);
    };
    expect(flood(0.01).found(rule)).toHaveLength(1);
    expect(flood(1.1).found(rule)).toEqual([]);
    // One window of requests, all on their way before the first refusal could be read.
    expect(flood(0.002).found(rule)).toEqual([]);
  });
});

describe('api/token-abuse', () => {
  const tokens = (count: number): Story => {
    const told = story();
    for (let index = 0; index < count; index++) {
      told.add({
        kind: 'door.request',
        component: 'gateway/rbm',
        operation: 'token',
        what: 'POST /token',
      });
    }
    for (let index = 0; index < 20; index++) {
      told
        .at(1 + index)
        .accepted(`m${index}`, 'low')
        .dispatch(`m${index}`, 'rcs', { wire: `rbm:${index}` });
    }
    return told.end(100);
  };
  it('finds a token per call and leaves a kept one alone', () => {
    expect(tokens(20).found('api/token-abuse')).toHaveLength(1);
    expect(tokens(1).rule('api/token-abuse')).toMatchObject({ judged: 1, findings: [] });
  });
});

describe('the registry', () => {
  it('names every rule as its entry does, with a hint and a source', () => {
    for (const [name, rule] of Object.entries(RULES)) {
      expect(rule.entry.name).toBe(name);
      expect(rule.entry.hint.length).toBeGreaterThan(10);
    }
  });
  it('keeps ignored rules visible and out of the verdict', () => {
    const ignore = [{ rule: 'contract/unknown-status', reason: 'on purpose' }];
    const told = sent(story({ ...PLAIN, cell: { ignore, durationMicros: 9 * SECOND } }));
    told.add({ kind: 'status.seen', message: 'm1', raw: 'yeeted', by: 'poll' });
    const verdict = told.end(100).verdict();
    expect(verdict.verdict).toBe('pass');
    expect(verdict.notes).toContain('Ignored: contract/unknown-status — on purpose.');
    expect(verdict.rules.find((rule) => rule.rule === 'contract/unknown-status')).toMatchObject({
      ignored: 'on purpose',
      findings: [{ rule: 'contract/unknown-status' }],
    });
  });
});
