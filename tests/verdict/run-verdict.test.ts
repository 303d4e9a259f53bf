import { describe, expect, it } from 'vitest';
import {
  EXIT_CODES,
  foldRun,
  missingClaims,
  notApplicable,
  parseKnownFailures,
  unmatchedFiles,
  unusedClaims,
  withKnown,
} from '../../harness/verdict/index.ts';
import type { CellVerdict, Finding } from '../../simulators/kernel/finding.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';
import { CLAIMS } from '../judge/story-builder.ts';
import { CELL } from '../judge/world-plan.ts';

const FINDING: Finding = {
  rule: 'fallback/late',
  level: 'must',
  kind: 'liveness',
  evidence: [1],
  expected: 'x',
  seen: 'y',
  sentence: 'Too late.',
};

function cell(verdict: Verdict, more: Partial<CellVerdict> = {}): CellVerdict {
  const base = notApplicable({ ...CELL, requires: ['channel/mms'] }, CLAIMS)!;
  const findings = verdict === 'fail' ? [FINDING] : [];
  return {
    ...base,
    cell: `story [${verdict}]`,
    verdict,
    why: `why ${verdict}`,
    rules: [{ rule: 'fallback/late', level: 'must', judged: 1, unjudged: 0, findings }],
    ...more,
  };
}

describe('folding a run', () => {
  it('takes the worst: fail, error, inconclusive, pass', () => {
    const order: Verdict[] = ['pass', 'inconclusive', 'error', 'fail'];
    for (let worst = 1; worst <= order.length; worst++) {
      const cells = order.slice(0, worst).map((verdict) => cell(verdict));
      expect(foldRun(cells)).toMatchObject({ verdict: order[worst - 1] });
      expect(foldRun(cells.toReversed())).toMatchObject({ verdict: order[worst - 1] });
    }
  });

  it('has the fixed exit codes', () => {
    expect(EXIT_CODES).toEqual({
      pass: 0,
      fail: 1,
      inconclusive: 2,
      'not-applicable': 2,
      error: 4,
    });
    expect(foldRun([cell('pass')]).exitCode).toBe(0);
    expect(foldRun([cell('fail')]).exitCode).toBe(1);
    expect(foldRun([cell('error')]).exitCode).toBe(4);
  });

  it('never passes on nothing: no cell, none applicable, some missing, world checks only', () => {
    for (const run of [
      foldRun([]),
      foldRun([cell('not-applicable')]),
      foldRun([cell('pass')], { plannedCells: 2 }),
      foldRun([cell('pass', { worldCheck: true })]),
    ]) {
      expect(run).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
    }
  });

  it('never passes on the honesty probe alone', () => {
    const probe = cell('pass', { cell: 'contract/honesty-probe' });
    const options = { probe: probe.cell };
    const alone = foldRun([probe, cell('not-applicable')], options);
    expect(alone).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
    expect(alone.why).toContain('the honesty probe alone was judged');
    expect(foldRun([probe, cell('pass')], options)).toMatchObject({ verdict: 'pass' });
    const lied = cell('fail', { cell: probe.cell });
    expect(foldRun([lied, cell('not-applicable')], options)).toMatchObject({ verdict: 'fail' });
  });

  it('passes with some cells not applicable', () => {
    expect(foldRun([cell('pass'), cell('not-applicable')])).toMatchObject({
      verdict: 'pass',
      counts: { pass: 1, 'not-applicable': 1 },
    });
  });

  it('keeps world checks out of the verdict; a broken one is our own error, never a fail', () => {
    const broken = cell('fail', { worldCheck: true });
    expect(foldRun([cell('pass'), broken])).toMatchObject({
      verdict: 'error',
      worldChecks: { fail: 1 },
    });
    expect(foldRun([cell('fail'), broken])).toMatchObject({ verdict: 'fail' });
    expect(foldRun([cell('pass'), cell('inconclusive', { worldCheck: true })])).toMatchObject({
      verdict: 'pass',
      why: 'The cell passed.',
    });
    expect(foldRun([cell('pass'), cell('pass', { worldCheck: true })])).toMatchObject({
      why: 'The cell passed. So did a world check.',
    });
  });
});

describe('claims', () => {
  it('names what is missing', () => {
    expect(missingClaims(['channel/rcs-e2ee', 'push/apns', 'idempotency'], CLAIMS)).toEqual([
      'push/apns',
    ]);
    expect(notApplicable({ ...CELL, requires: ['push/apns'] }, CLAIMS)?.why).toContain('push/apns');
    expect(notApplicable({ ...CELL, requires: ['sms/smpp', 'gateway/rbm'] }, CLAIMS)).toBeNull();
  });
});

describe('known failures', () => {
  const register = `known-failures:
  - scenario: story
    cell: "*"
    rule: fallback/late
    reason: the vendor mends it in March
    owner: dana
    expiry: 2027-03-31
`;
  const today = '2026-11-21';

  it('takes a registered failure out of the verdict, and says so', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const run = foldRun([cell('fail')], { knownFailures, today });
    expect(run).toMatchObject({ verdict: 'pass', register: [] });
    expect(run.known[0]).toContain('dana');
  });

  it('fails on an entry that matches nothing, or has expired', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    expect(foldRun([cell('pass')], { knownFailures, today })).toMatchObject({ verdict: 'fail' });
    const expired = foldRun([cell('fail')], { knownFailures, today: '2027-04-01' });
    expect(expired).toMatchObject({ verdict: 'fail' });
    expect(expired.register[0]).toContain('expired');
  });

  it('prints an unexpected failure as an entry that can be pasted', () => {
    const [entry] = foldRun([cell('fail')]).register;
    const pasted = `known-failures:\n${entry}\n`.replace('YYYY-MM-DD', '2027-01-01');
    expect(parseKnownFailures(pasted, 'known.yaml')).toMatchObject([
      { scenario: 'story', cell: 'story [fail]', rule: 'fallback/late' },
    ]);
  });

  it('does not let a known rule hide a failed delivery', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const failed = {
      text: 'delivery of low: at least 99 %',
      outcome: 'failed' as const,
      seen: '1 %',
    };
    const run = foldRun([cell('fail', { expectations: [failed] })], { knownFailures, today });
    expect(run.verdict).toBe('fail');
    expect(run.register[0]).toContain('expect/delivery');
  });

  const failed = (text: string, by?: readonly string[]) => ({
    text,
    outcome: 'failed' as const,
    seen: 'too little',
    ...(by !== undefined && { by }),
  });

  it.each([
    ['inconclusive', 'Not enough was seen: a fault hit nothing.'],
    ['inconclusive', 'Not enough was seen: the run was stopped.'],
    ['error', 'The harness or its environment failed.'],
  ] as const)('leaves what else the cell is: %s, %s', (verdict, why) => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const run = foldRun([cell('fail', { besides: { verdict, why } })], { knownFailures, today });
    expect(run).toMatchObject({ verdict, exitCode: EXIT_CODES[verdict] });
    expect(run.why).toContain(why);
    expect(run.known[0]).toContain('dana');
  });

  it('does not let a known rule hide an expectation that a rule of no must broke', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const expectations = [failed('never delivery/altered', ['delivery/altered'])];
    const run = foldRun([cell('fail', { expectations })], { knownFailures, today });
    expect(run.verdict).toBe('fail');
    expect(run.register[0]).toContain('rule: delivery/altered');
    expect(run.why).toContain('delivery/altered; beside known failures');
    const both = [
      ...knownFailures,
      { ...knownFailures[0]!, rule: 'delivery/altered', reason: 'letters are left out' },
    ];
    expect(foldRun([cell('fail', { expectations })], { knownFailures: both, today })).toMatchObject(
      { verdict: 'pass', register: [] },
    );
  });

  it('takes an expectation as known with the rules that broke it', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const expectations = [failed('fallback of low: 100 % correct', ['fallback/late'])];
    const run = foldRun([cell('fail', { expectations })], { knownFailures, today });
    expect(run).toMatchObject({ verdict: 'pass', why: 'The cell passed, but for known failures.' });
  });

  it('keeps what the judges said beside what counts', () => {
    const knownFailures = parseKnownFailures(register, 'known.yaml');
    const taken = withKnown(cell('fail'), knownFailures, today);
    expect(taken).toMatchObject({
      verdict: 'pass',
      known: { judged: { verdict: 'fail', why: 'why fail' }, failures: [{ owner: 'dana' }] },
    });
    // Applied once or twice, it is the same.
    expect(withKnown(taken, knownFailures, today)).toEqual(taken);
    expect(foldRun([taken], { knownFailures, today })).toMatchObject({ verdict: 'pass' });
  });

  it('refuses a wrong register with place and key', () => {
    const wrong = register.replace('owner: dana', 'boss: dana');
    expect(() => parseKnownFailures(wrong, 'known.yaml')).toThrow(
      expect.objectContaining({ code: 'VERDICT_REGISTER_INVALID', blame: 'author' }),
    );
    expect(() => parseKnownFailures('a: [', 'known.yaml')).toThrow(
      expect.objectContaining({ code: 'VERDICT_REGISTER_INVALID' }),
    );
  });
});

describe('claims that no cell used', () => {
  const used = (
    dispatched: CellVerdict['counts']['dispatched'],
    more: Partial<CellVerdict> = {},
  ) => {
    const base = cell('pass', more);
    return { ...base, counts: { ...base.counts, dispatched } };
  };
  const claims = { ...CLAIMS, channels: ['rcs', 'sms'] } as const;

  it('are known over the whole run only', () => {
    expect(unusedClaims(claims, [used({ rcs: 2 }), used({ sms: 1 })])).toEqual([]);
    expect(unusedClaims(claims, [used({ rcs: 2 }), used({})])).toEqual(['sms']);
  });

  it('are not met by a world check, and nothing is said where no cell was judged', () => {
    const check = used({ sms: 3 }, { worldCheck: true });
    expect(unusedClaims(claims, [used({ rcs: 1 }), check])).toEqual(['sms']);
    expect(unusedClaims(claims, [check, cell('not-applicable')])).toEqual([]);
  });
});

it('patterns of evidence files that no file fitted are known over the whole run only', () => {
  const both = cell('pass', { unmatchedFiles: ['logs/**', 'db/*'] });
  const one = cell('fail', { unmatchedFiles: ['db/*'] });
  const check = cell('pass', { worldCheck: true });
  expect(unmatchedFiles([both, one, check])).toEqual(['db/*']);
  expect(unmatchedFiles([both, cell('pass')])).toEqual([]);
  expect(unmatchedFiles([check])).toEqual([]);
});
