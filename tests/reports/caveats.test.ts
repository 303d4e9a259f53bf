import { describe, expect, it } from 'vitest';
import { caveatsOf } from '../../reports/figures.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import { cell, rule } from './cell-fixture.ts';

describe('what a report wants borne in mind', () => {
  const check = (scenario: string) => cell({ scenario }, { worldCheck: true, latency: [] });

  it('names one world check in a sentence of its own', () => {
    expect(caveatsOf([check('e2ee/people-fork'), check('e2ee/people-fork')])).toEqual([
      'e2ee/people-fork is a world check: it says nothing about the implementation',
    ]);
  });

  it('names several in one line, each once', () => {
    const cells = [check('people/outsiders'), check('people/outsiders'), check('e2ee/forks')];
    expect(caveatsOf([cell({ scenario: 'gate/sms-outage' }), ...cells])).toEqual([
      'world checks, which say nothing about the implementation: people/outsiders, e2ee/forks',
    ]);
  });
});

describe('what was not run', () => {
  const outside = (scenario: string, why: string) =>
    cell({ scenario }, { verdict: 'not-applicable', why });
  const twilio = 'Its world has nothing for rcs that is claimed.';

  it('stands with its reason, and each scenario is named once', () => {
    const cells = [
      outside('gate/a', twilio),
      outside('gate/b', 'It does not claim sms.'),
      outside('gate/a', twilio),
      outside('gate/c', twilio),
    ];
    expect(caveatsOf(cells)).toEqual([
      `not applicable: ${twilio} (3 cells: gate/a, gate/c)`,
      'not applicable: It does not claim sms. (gate/b)',
    ]);
  });

  it('names the first few of many', () => {
    const cells = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => outside(`gate/${name}`, twilio));
    expect(caveatsOf(cells)).toEqual([
      `not applicable: ${twilio} (6 cells: gate/a, gate/b, gate/c, gate/d, and 2 more)`,
    ]);
  });
});

describe('texts that are no message of the plan', () => {
  it('are counted over all cells, in one line', () => {
    const of = (scenario: string, unrecognised: number) =>
      cell({ scenario }, { counts: { ...NO_COUNTS, unrecognised } });
    const plain = cell({ scenario: 'gate/c' });
    expect(caveatsOf([of('gate/a', 16), plain, of('gate/b', 12)])[0]).toBe(
      '28 texts reached people that belong to no message of this plan, and no rule judges what ' +
        'such texts say: a notice on the way, or a message that went wrong? (gate/a, gate/b)',
    );
    expect(caveatsOf([of('gate/a', 1)])[0]).toMatch(/^1 text reached people and belongs to no /);
    expect(caveatsOf([plain])).toEqual([]);
  });
});

describe('what was left unjudged', () => {
  it('names a reason once, however the cells join theirs', () => {
    const left = (reason: string) => ({ ...rule('e2ee/revoked-reads', 2), unjudged: 1, reason });
    const cells = ['held elsewhere; not made known', 'held elsewhere'].map((reason) =>
      cell({ scenario: 'gate/sms-outage' }, { rules: [left(reason)] }),
    );
    expect(caveatsOf(cells)).toEqual([
      'left unjudged, since held elsewhere; not made known: e2ee/revoked-reads 2 of 6',
    ]);
  });
});
