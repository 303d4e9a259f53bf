import { describe, expect, it } from 'vitest';
import { chanceOfSoFew, foldRepeated, verdictOfRuns } from '../../harness/verdict/repeated-runs.ts';
import type { CellVerdict, Finding } from '../../simulators/kernel/finding.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';

const ALLOWANCE = { passRate: 0.98, confidence: 0.95, atMostRuns: 60 };

function run(verdict: Verdict, kind?: Finding['kind'], cell = 'c #1'): CellVerdict {
  const finding: Finding = {
    rule: 'delivery/late',
    level: 'must',
    kind: kind ?? 'liveness',
    evidence: [1],
    expected: '',
    seen: '',
    sentence: 'It was late.',
  };
  const findings = verdict === 'fail' ? [finding] : [];
  const rules = [{ rule: finding.rule, level: 'must', judged: 1, unjudged: 0, findings }];
  return {
    cell,
    scenario: 's',
    verdict,
    why: `was ${verdict}`,
    rules,
    notes: [],
  } as unknown as CellVerdict;
}

function runs(passed: number, failed: number): CellVerdict[] {
  return [
    ...Array.from({ length: passed }, () => run('pass')),
    ...Array.from({ length: failed }, () => run('fail')),
  ];
}

const blind = (count: number): CellVerdict[] =>
  Array.from({ length: count }, () => run('inconclusive'));

describe('repeated runs', () => {
  it('knows the binomial tail', () => {
    expect(chanceOfSoFew(60, 60, 0.98)).toBeCloseTo(1, 10);
    expect(chanceOfSoFew(59, 60, 0.98)).toBeCloseTo(1 - 0.98 ** 60, 10);
    expect(chanceOfSoFew(9, 10, 0.5)).toBeCloseTo(1 - 0.5 ** 10, 10);
    expect(chanceOfSoFew(9, 10, 1)).toBe(0);
  });

  it('passes when the failures are within chance', () => {
    expect(foldRepeated(runs(57, 3), ALLOWANCE)).toMatchObject({ decided: true, verdict: 'pass' });
  });

  it('fails as soon as the failures are beyond chance, however many runs are left', () => {
    expect(foldRepeated(runs(2, 5), ALLOWANCE)).toMatchObject({ decided: true, verdict: 'fail' });
  });

  it('goes on while the outcome is open', () => {
    expect(foldRepeated(runs(10, 0), ALLOWANCE).decided).toBe(false);
  });

  it('stops early once even failures to the end would be chance', () => {
    expect(foldRepeated(runs(57, 0), ALLOWANCE)).toMatchObject({ decided: true, verdict: 'pass' });
  });

  it('never averages a safety finding', () => {
    const one = [...runs(59, 0), run('fail', 'safety')];
    expect(foldRepeated(one, ALLOWANCE)).toMatchObject({ decided: true, verdict: 'fail' });
  });

  it('is inconclusive when most runs saw too little', () => {
    expect(foldRepeated(blind(60), ALLOWANCE).verdict).toBe('inconclusive');
  });

  it.each([
    ['nothing but failures that prove nothing', runs(0, 1), { atMostRuns: 1, passRate: 0.5 }],
    ['half of the runs blind', [...runs(30, 0), ...blind(30)], {}],
  ])('never passes on %s', (_, some, more) => {
    expect(foldRepeated(some, { ...ALLOWANCE, ...more })).toMatchObject({
      decided: true,
      verdict: 'inconclusive',
    });
  });

  it('counts no blind run as a pass', () => {
    // 3 of 60 failures are chance, 3 of 31 are not.
    const some = [...blind(29), ...runs(28, 3)];
    expect(foldRepeated(some, ALLOWANCE)).toMatchObject({ decided: true, verdict: 'fail' });
    expect(foldRepeated([...blind(5), ...runs(55, 0)], ALLOWANCE).verdict).toBe('pass');
  });

  it('goes on while only passes are missing', () => {
    const half = { passRate: 0.5, confidence: 0.95, atMostRuns: 60 };
    expect(foldRepeated(blind(31), half).decided).toBe(false);
  });

  it('shows the run that tells most, under the name of the cell', () => {
    const some = [run('pass', undefined, 'c #7'), run('fail', undefined, 'c #8')];
    const { verdict, shown } = verdictOfRuns(some, { ...ALLOWANCE, atMostRuns: 2 }, 'c #7');
    expect(shown).toBe(1);
    expect(verdict).toMatchObject({
      cell: 'c #7',
      verdict: 'fail',
      notes: ['2 runs were made; shown is the one with seed 8.'],
    });
  });

  it('takes known failures out of each run before it folds them', () => {
    const known: NonNullable<CellVerdict['known']> = {
      judged: { verdict: 'fail', why: 'was fail' },
      failures: [{ rule: 'delivery/late', reason: 'r', owner: 'o', expiry: '2099-01-01' }],
    };
    const two = { ...ALLOWANCE, atMostRuns: 2 };
    const taken = { ...run('fail', 'safety'), verdict: 'pass' as const, known };
    const { verdict } = verdictOfRuns([taken, run('pass')], two, 'c #1');
    expect(verdict).toMatchObject({ verdict: 'pass', known: { judged: { verdict: 'fail' } } });
    const unknown = verdictOfRuns([taken, run('fail')], two, 'c #1').verdict;
    expect(unknown.verdict).toBe('fail');
  });

  it('ends with the error of a harness that failed', () => {
    expect(foldRepeated([run('error')], ALLOWANCE).verdict).toBe('error');
  });
});
