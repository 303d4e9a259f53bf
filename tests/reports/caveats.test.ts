import { describe, expect, it } from 'vitest';
import { caveatsOf } from '../../reports/figures.ts';
import { cell } from './cell-fixture.ts';

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
