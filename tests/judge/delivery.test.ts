import { describe, expect, it } from 'vitest';
import type { Expectation, FaultPlan } from '../../simulators/kernel/plan.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const FAULT: FaultPlan = {
  name: 'core-down',
  fault: 'outage',
  targets: ['carrier/northtel/rcs'],
  params: {},
  anchor: { kind: 'time', fromMicros: 0, untilMicros: SECOND },
  select: { kind: 'all' },
  of: null,
  evidence: { hits: { op: '>=', value: 2 } },
};

/** Without encrypted RCS, readable RCS is the best channel of the low class. */
const PLAIN = { claims: { channels: ['rcs', 'secure-link', 'sms'] } } as const;

/** Shown `seconds` after it was due. */
function shown(told: Story, message: string, at: number, seconds: number): Story {
  return told
    .at(at)
    .accepted(message, 'low')
    .dispatch(message, 'rcs', { wire: `rbm:${message}` })
    .at(at + seconds)
    .display(message, 'rcs', `rbm:${message}`);
}

describe('delivery/lost', () => {
  const rule = 'delivery/lost';
  it('finds an accepted message that is never shown', () => {
    const told = story().at(1).accepted('m1', 'low').end(700);
    expect(told.found(rule)[0]).toContain('accepted and never shown');
  });

  it('leaves one alone that was honestly reported as failed', () => {
    const told = story().at(1).accepted('m1', 'low').at(50).status('m1', 'failed').end(700);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('waits for the deadline while work is under way, not when all is at rest', () => {
    const told = (unfinished: string[]): Story => {
      const history = story().at(1).accepted('m1', 'low').at(100);
      history.add({ kind: 'cell.ended', outcome: 'completed', unfinished });
      return history;
    };
    expect(told(['message m1']).rule(rule)).toMatchObject({ unjudged: 1, findings: [] });
    expect(told([]).found(rule)).toHaveLength(1);
  });

  it('asks nothing of a person who is never reachable', () => {
    const told = story().device('offline', 'down', []).at(1).accepted('m1', 'low').end(700);
    expect(told.rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });

  it('does not judge what was never accepted', () => {
    const told = story().at(1).intend('m1', 'low').submit('m1');
    told.answer('m1', { outcome: 'refused', definite: true, status: '400' }).end(700);
    expect(told.rule(rule)).toMatchObject({ judged: 0, findings: [] });
  });

  it('charges a lying receipt to the peer', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    told.at(2).told('rbm:1', 'DELIVERED', 'delivered', { untrue: true }).end(700);
    expect(told.found(rule)).toEqual([]);
  });
});

describe('delivery/late', () => {
  const rule = 'delivery/late';
  it('finds a message shown after its deadline', () => {
    const told = story().at(1).accepted('m1').at(90).dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    told.at(91).display('m1', 'rcs-e2ee', 'rbm:1').end(200);
    expect(told.found(rule)[0]).toContain('was shown after 90 s; its class allows 60 s');
  });

  it('leaves the same delay alone while every channel was down', () => {
    const told = story().device('offline', 'down', []).at(1).accepted('m1').at(90);
    told.device('online', 'up', ['rcs-e2ee', 'rcs', 'sms', 'secure-link']);
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' }).at(91).display('m1', 'rcs-e2ee', 'rbm:1');
    expect(told.end(200).rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });

  it('does not blame what left in time and was delayed behind the door', () => {
    const told = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    told.at(91).display('m1', 'rcs-e2ee', 'rbm:1').end(200);
    expect(told.found(rule)).toEqual([]);
  });
});

describe('latency', () => {
  const limit = (samples: number): Expectation => ({
    kind: 'latency',
    of: 'low',
    channel: 'rcs',
    outside: ['core-down'],
    thresholds: { p95: { op: '<', value: 5 * SECOND } },
    samples: { op: '>=', value: samples },
  });

  it('is held below the threshold, with parts that sum to the whole', () => {
    const told = story({ cell: { expect: [limit(2)] } });
    for (const [index, delay] of [1.5, 2.25].entries()) {
      told
        .at(10 * index)
        .intend(`m${index}`, 'low')
        .at(10 * index + 0.1)
        .submit(`m${index}`);
      told
        .at(10 * index + 0.3)
        .answer(`m${index}`)
        .at(10 * index + 0.4);
      told.dispatch(`m${index}`, 'rcs', { wire: `rbm:${index}` }).at(10 * index + 0.5);
      told.carried(`rcs:${index}`, `rbm:${index}`, 'rcs').at(10 * index + 1);
      told.mark('device.received', `rcs:${index}`).at(10 * index + delay);
      told.display(`m${index}`, 'rcs', `rcs:${index}`);
    }
    const verdict = told.end(100).verdict();
    expect(verdict.expectations[0]).toMatchObject({ outcome: 'held' });
    const [all] = verdict.latency;
    expect(all).toMatchObject({ of: 'low', channel: 'all', samples: 2, max: 2250 });
    const sum = Object.values(all?.parts ?? {}).reduce((total, part) => total + part, 0);
    expect(sum).toBeCloseTo((1500 + 2250) / 2, 6);
    expect(all?.parts).toMatchObject({
      accept: 300,
      decide: 100,
      gateway: 100,
      carrier: 500,
      push: 0,
    });
    expect(verdict.rules.find((outcome) => outcome.rule === 'latency/slow')).toMatchObject({
      judged: 2,
    });
  });

  it('counts from the intended time: a submission that waited is slow', () => {
    const told = story({ cell: { expect: [limit(1)] } })
      .at(1)
      .intend('m1', 'low')
      .at(9)
      .submit('m1');
    told
      .answer('m1')
      .dispatch('m1', 'rcs', { wire: 'rbm:1' })
      .at(9.5)
      .display('m1', 'rcs', 'rbm:1');
    expect(told.end(100).found('latency/slow')[0]).toContain('p95 8.5 s, allowed < 5 s');
    expect(told.verdict().expectations[0]?.outcome).toBe('failed');
  });

  it('leaves out what was due while a named fault acted', () => {
    const told = story({ cell: { expect: [limit(1)] } });
    shown(told, 'm1', 1, 1).at(10).fault('applied', 'core-down').at(20);
    shown(told, 'm2', 20, 9).at(30).fault('lifted', 'core-down').end(100);
    expect(told.found('latency/slow')).toEqual([]);
  });

  it('is inconclusive below its floor of samples', () => {
    const told = shown(story({ ...PLAIN, cell: { expect: [limit(100)] } }), 'm1', 1, 1).end(100);
    expect(told.verdict()).toMatchObject({ verdict: 'inconclusive' });
    expect(told.rule('evidence/missing').inconclusive).toContain('only 1 sample');
  });
});

describe('recovery/slow', () => {
  const rule = 'recovery/slow';
  const recovers = (drainedAt: number): Story => {
    const told = story({
      cell: { expect: [{ kind: 'recovery', from: 'core-down', withinMicros: 10 * SECOND }] },
    });
    shown(told, 'm1', 1, 1).at(10).fault('applied', 'core-down').at(11).accepted('m2', 'low');
    told.dispatch('m2', 'rcs', { wire: 'rbm:m2' }).at(30).fault('lifted', 'core-down');
    return told.at(drainedAt).display('m2', 'rcs', 'rbm:m2').end(200);
  };
  it('leaves a backlog alone that drains in time', () => {
    expect(recovers(36).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });
  it('finds one that drains too late', () => {
    expect(recovers(60).found(rule)[0]).toContain('took 30 s until messages arrived as before');
  });
  it('is not exercised when nothing was sent after the fault', () => {
    const told = story({
      cell: { expect: [{ kind: 'recovery', from: 'core-down', withinMicros: SECOND }] },
    });
    shown(told, 'm1', 1, 1)
      .at(10)
      .fault('applied', 'core-down')
      .at(20)
      .fault('lifted', 'core-down');
    expect(told.end(100).verdict().expectations[0]?.outcome).toBe('not-exercised');
  });
});

describe('evidence/missing', () => {
  const touched = (hits: number): Story => {
    const told = shown(story({ ...PLAIN, cell: { faults: [FAULT] } }), 'm1', 1, 1);
    for (let hit = 0; hit < hits; hit++) told.touched('core-down');
    return told.end(100);
  };
  it('makes the verdict inconclusive when a fault hit too little, never a fail', () => {
    const verdict = touched(1).verdict();
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.why).toContain('core-down (outage of carrier/northtel/rcs) hit 1, floor >= 2');
    expect(verdict.faults).toMatchObject([{ hits: 1, reached: false }]);
  });
  it('is content at the floor', () => {
    expect(touched(2).verdict().verdict).toBe('pass');
  });
});

describe('delivery expectation', () => {
  const expectation: Expectation = {
    kind: 'delivery',
    of: 'low',
    atLeast: 0.5,
    withinMicros: 5 * SECOND,
    channel: null,
  };
  it('averages lost messages within its share, and lists them', () => {
    const told = shown(story({ cell: { expect: [expectation] } }), 'm1', 1, 1);
    told.at(2).accepted('m2', 'low').end(700);
    const verdict = told.verdict();
    expect(verdict.expectations[0]).toMatchObject({ outcome: 'held', seen: '50 % (1 of 2)' });
    const lost = verdict.rules.find((outcome) => outcome.rule === 'delivery/lost');
    expect(lost?.findings).toMatchObject([{ message: 'm2', level: 'may' }]);
  });
  it('fails below its share', () => {
    const told = shown(story({ cell: { expect: [expectation] } }), 'm1', 1, 6).end(700);
    expect(told.verdict()).toMatchObject({
      verdict: 'fail',
      expectations: [{ outcome: 'failed' }],
    });
  });
  it('never averages a forbidden channel', () => {
    const told = story({ cell: { expect: [{ kind: 'fallback', of: 'high', correct: 0.1 }] } });
    told.at(1).accepted('m1').dispatch('m1', 'sms', { wire: 'smpp:1' }).end(100);
    expect(told.verdict()).toMatchObject({
      verdict: 'fail',
      expectations: [{ outcome: 'failed' }],
    });
  });
});

describe('delivery/altered', () => {
  const rule = 'delivery/altered';
  const shown = (more: object): Story => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    return told.at(2).display('m1', 'sms', 'smpp:1', more).end(100);
  };

  it('finds a text that is not the one handed over', () => {
    expect(shown({ altered: true }).found(rule)).toEqual([
      'Fraud alert m1 was shown with another text than the one handed over, by readable SMS.',
    ]);
    expect(shown({}).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('compares no page behind a link', () => {
    const told = story().at(1).accepted('m1').dispatch('m1', 'secure-link', { wire: 'smpp:1' });
    told.at(2).display('m1', 'secure-link', 'smpp:1').end(100);
    expect(told.rule(rule).judged).toBe(0);
  });
});
