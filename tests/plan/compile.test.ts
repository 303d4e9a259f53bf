import { describe, expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { seedOfName } from '../../harness/plan/compile.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import {
  cellOfText,
  folderOf,
  planOfFiles,
  planOfText,
  problemsOfText,
  replaced,
  SCENARIO,
} from '../scenario/small-scenario.ts';

const vocabulary = createVocabulary();

describe('the plan', () => {
  it('of the same text is the same, and says so by its hash', () => {
    const first = planOfText(SCENARIO);
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(planOfText(SCENARIO)).toEqual(first);
    // Comments, order of keys within a map of settings and quoting are not part of a plan.
    expect(planOfText(`# a comment\n${replaced('small', '"small"')}`).hash).toBe(first.hash);
  });

  it('of another text has another hash', () => {
    const { hash } = planOfText(SCENARIO);
    for (const [part, by] of [
      ['2/s', '3/s'],
      ['99%', '98%'],
      ['seed: 42', 'seed: 43'],
      ['size: 20', 'size: 21'],
      ['60s..3m', '61s..3m'],
      ['Alerts still arrive', 'Alerts always arrive'],
    ] as const) {
      expect(planOfText(replaced(part, by)).hash, by).not.toBe(hash);
    }
  });

  it('does not depend on where it was started', () => {
    const folder = folderOf({ 'suite/small.yaml': SCENARIO });
    const above = loadPlan(['suite'], { vocabulary, workingDirectory: folder });
    const inside = loadPlan(['small.yaml'], { vocabulary, workingDirectory: `${folder}/suite` });
    expect(inside.hash).toBe(above.hash);
    expect(inside.cells[0]?.id).toBe(above.cells[0]?.id);
  });

  it('is frozen to its depths', () => {
    const plan = planOfText(SCENARIO);
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const item of Object.values(value)) walk(item);
    };
    walk(plan);
  });

  it('is JSON: what is written and read again is the same', () => {
    const plan = planOfText(SCENARIO);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('fills every default in', () => {
    const cell = cellOfText(SCENARIO);
    expect(cell).toMatchObject({
      id: 'suite/small #42',
      suite: 'suite',
      level: 'must',
      clock: 'auto',
      tags: [],
      requires: [],
      hypothetical: [],
      worldCheck: false,
      durationMicros: 600e6,
      heal: { waitMicros: 60e6 },
    });
    expect(cell.world).toMatchObject({
      gateways: ['rbm'],
      sms: { via: 'northtel' },
      push: ['apns', 'fcm'],
    });
    expect(cell.faults[0]).toMatchObject({
      name: 'core-down',
      fault: 'outage',
      targets: ['carrier/northtel/rcs'],
      params: { mode: 'error', status: 503 },
      anchor: { kind: 'time', fromMicros: 60e6, untilMicros: 180e6 },
      select: { kind: 'all' },
      of: null,
      evidence: { hits: { op: '>=', value: 1 } },
    });
  });

  it('reads every anchor, selection and parameter into base units', () => {
    const [fault] = cellOfText(
      replaced(
        'outage: carrier/northtel/rcs, during: 60s..3m',
        'throttle: gateway/rbm, to: 30/m, hit: { share: 25% }, of: alerts, ' +
          'after: { event: device.displayed, of: alerts, nth: 3, last: 20s }, ' +
          'evidence: { hits: "> 2" }',
      ),
    ).faults;
    expect(fault).toMatchObject({
      fault: 'throttle',
      anchor: { kind: 'event', event: 'device.displayed', of: 'alerts', nth: 3, lastMicros: 20e6 },
      select: { kind: 'share', share: 0.25 },
      of: 'alerts',
      evidence: { hits: { op: '>', value: 2 } },
    });
    expect(fault?.params['to']).toBe(0.5);
  });

  it('expands groups of rules and knows world checks', () => {
    const never = cellOfText(replaced('  - delivery', '  - never: ["e2ee/*"]\n  - delivery'));
    const [first] = never.expect;
    expect(first?.kind === 'never' && first.rules).toContain('e2ee/plaintext-exposed');
    const chat = cellOfText(replaced('to: population', 'from: ana\n    to: population'));
    expect(chat.worldCheck).toBe(true);
  });

  it('says by which bearer a person writes to the business, and what they tap', () => {
    const to = (how: string) =>
      cellOfText(replaced('to: population', `from: ana\n    to: business\n    ${how}`)).traffic[0];
    expect(to('by: sms')).toMatchObject({ by: 'sms' });
    expect(to("tap: 'yes'")).toMatchObject({ tap: 'yes' });
    expect(to('by: rcs')).not.toHaveProperty('by');
    expect(to('share: file\n    typing: on')).toMatchObject({ share: 'file', typing: true });
    expect(() => cellOfText(replaced('to: population', 'to: population\n    by: sms'))).toThrow(
      /only what a person writes to the business/,
    );
  });

  it.each([
    ['without a writer', 'to: [ana, ben]\n    group: on', /nobody is said to write/],
    ['of two', 'from: ana\n    to: ben\n    group: on', /two or more people/],
    ['with its writer among the others', 'from: ana\n    to: [ana, ben]\n    group: on', /two or/],
    ['with a crowd in it', 'from: ana\n    to: [ben, population]\n    group: on', /no group/],
  ])('refuses a group %s', (_what, to, says) => {
    const problems = problemsOfText(replaced('to: population', to)).filter(
      ({ code }) => code === 'SCENARIO_GROUP',
    );
    expect(problems[0]?.message).toMatch(says);
  });

  it('counts what people write to the business as traffic of the implementation', () => {
    const cell = cellOfText(replaced('to: population', 'from: ana\n    to: business'));
    expect(cell.worldCheck).toBe(false);
    expect(cell.traffic).toMatchObject([{ from: 'ana', to: ['business'] }]);
  });

  it.each([
    ['without a sender', 'to: business', /nobody is said to write/],
    ['beside other recipients', 'from: ana\n    to: [business, ana]', /stands alone/],
    ['by a tap on a text', "from: ana\n    to: business\n    by: sms\n    tap: 'y'", /no buttons/],
  ])('refuses the business as recipient %s', (_what, to, says) => {
    const problems = problemsOfText(replaced('to: population', to));
    expect(problems.map(({ code }) => code)).toEqual(['SCENARIO_TO_BUSINESS']);
    expect(problems[0]?.message).toMatch(says);
  });

  it('refuses a sender whose phone cannot reach the business by RCS', () => {
    const text = replaced('{ e2ee: on }', '{ e2ee: off, rcs: off }').replace(
      'carrier/northtel/rcs',
      'gateway/rbm',
    );
    const problems = problemsOfText(text.replace('to: population', 'from: ana\n    to: business'));
    expect(problems.map(({ message }) => message)).toEqual([
      'traffic.alerts.to: ana cannot write by RCS',
    ]);
  });

  it('lets them write a text where the gateway brings texts', () => {
    const written = replaced('{ e2ee: on }', '{ e2ee: off, rcs: off }')
      .replace('carrier/northtel/rcs', 'gateway/twilio')
      .replace('world:\n', 'world:\n  gateways: [twilio]\n')
      .replace('to: population', 'from: ana\n    to: business');
    expect(problemsOfText(written)).toEqual([]);
    const tapped = written.replace('to: business', "to: business\n    tap: 'yes'");
    expect(problemsOfText(tapped).map(({ code }) => code)).toEqual(['SCENARIO_TO_BUSINESS']);
  });
});

describe('seeds', () => {
  it('come from the name when the scenario says none, the same everywhere', () => {
    const cell = cellOfText(replaced('seed: 42\n', ''));
    expect(cell.seed).toBe(seedOfName('small'));
    expect(seedOfName('small')).toBe(seedOfName('small'));
    expect(seedOfName('small')).not.toBe(seedOfName('smaller'));
  });

  it('from outside take the place of the own, one cell each', () => {
    const plan = planOfFiles({ 's/a.yaml': SCENARIO }, ['s'], { seeds: [1, 2, 3] });
    expect(plan.cells.map(({ id, seed }) => [id, seed])).toEqual([
      ['s/small #1', 1],
      ['s/small #2', 2],
      ['s/small #3', 3],
    ]);
  });
});

describe('cell ids', () => {
  it('are unique in a plan, over suites, matrix and seeds', () => {
    const text = replaced('seed: 42', 'seed: 42\nmatrix: { e2ee: [on, off] }').replace(
      'devices: 2',
      'e2ee: "${e2ee}"',
    );
    const plan = planOfFiles({ 'a/x.yaml': text, 'b/x.yaml': text }, ['a', 'b'], { seeds: [1, 2] });
    const ids = plan.cells.map(({ id }) => id);
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(8);
    expect(ids[0]).toBe('a/small [e2ee=on] #1');
  });

  it('select cells by a part of their text', () => {
    const plan = planOfFiles({ 's/a.yaml': SCENARIO }, ['s'], { seeds: [1, 2], only: '#2' });
    expect(plan.cells.map(({ id }) => id)).toEqual(['s/small #2']);
  });
});
