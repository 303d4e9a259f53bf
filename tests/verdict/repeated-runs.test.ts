import { describe, expect, it } from 'vitest';
import { chanceOfSoFew, foldRepeated } from '../../harness/verdict/repeated-runs.ts';
import type { CellVerdict, Finding } from '../../simulators/kernel/finding.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';

const ALLOWANCE = { passRate: 0.98, confidence: 0.95, atMostRuns: 60 };

function run(verdict: Verdict, kind?: Finding['kind']): CellVerdict {
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
    cell: 'c',
    scenario: 's',
    verdict,
    why: `was ${verdict}`,
    rules,
  } as unknown as CellVerdict;
}

function runs(passed: number, failed: number): CellVerdict[] {
  return [
    ...Array.from({ length: passed }, () => run('pass')),
    ...Array.from({ length: failed }, () => run('fail')),
  ];
}

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
    const blind = Array.from({ length: 60 }, () => run('inconclusive'));
    expect(foldRepeated(blind, ALLOWANCE).verdict).toBe('inconclusive');
  });

  it('ends with the error of a harness that failed', () => {
    expect(foldRepeated([run('error')], ALLOWANCE).verdict).toBe('error');
  });
});
