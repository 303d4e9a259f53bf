/**
 * `allow: { pass-rate, confidence, at-most }`: a scenario that is random by nature is run over
 * several seeds, and fails only when the share of passing runs is too low to be chance. Each run is
 * folded to its own verdict first; a safety finding in any run fails at once and is never averaged.
 */
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';

type Allowance = NonNullable<Cell['allow']>;

/** P(X ≤ passed) for X ~ Binomial(runs, rate): how likely so few passes are at the allowed rate. */
export function chanceOfSoFew(passed: number, runs: number, rate: number): number {
  if (rate >= 1) return passed >= runs ? 1 : 0;
  if (rate <= 0) return 1;
  let sum = 0;
  let logChoose = 0;
  for (let k = 0; k <= passed; k++) {
    if (k > 0) logChoose += Math.log((runs - k + 1) / k);
    sum += Math.exp(logChoose + k * Math.log(rate) + (runs - k) * Math.log(1 - rate));
  }
  return Math.min(1, sum);
}

export interface RepeatedRuns {
  /** No further run can change the outcome, or one has shown a safety finding. */
  readonly decided: boolean;
  readonly verdict: CellVerdict['verdict'];
  readonly why: string;
}

function hasSafetyFinding(verdict: CellVerdict): boolean {
  return verdict.rules.some(
    ({ findings, ignored }) =>
      ignored === undefined &&
      findings.some(({ kind, level }) => kind === 'safety' && level === 'must'),
  );
}

/** Would `failures` among all the allowed runs still be within chance? */
function tolerable(failures: number, { passRate, confidence, atMostRuns }: Allowance): boolean {
  const passed = atMostRuns - failures;
  return chanceOfSoFew(passed, atMostRuns, passRate) > 1 - confidence;
}

/** What the runs so far say together. Throws RangeError without any. */
export function foldRepeated(runs: readonly CellVerdict[], allowance: Allowance): RepeatedRuns {
  const last = runs.at(-1);
  if (last === undefined) throw new RangeError('no run to fold');
  const { passRate, confidence, atMostRuns } = allowance;
  const unsafe = runs.find(hasSafetyFinding);
  if (unsafe !== undefined) {
    const why = `A safety finding is never averaged: ${unsafe.why}`;
    return { decided: true, verdict: 'fail', why };
  }
  const broken = runs.find(({ verdict }) => verdict === 'error');
  if (broken !== undefined) return { decided: true, verdict: 'error', why: broken.why };
  const passed = runs.filter(({ verdict }) => verdict === 'pass').length;
  const failed = runs.filter(({ verdict }) => verdict === 'fail').length;
  const share = `${passed} of ${runs.length} runs passed`;
  const asked = Math.round(passRate * 1000) / 10;
  const rule = `${asked} % are asked for at ${confidence * 100} % confidence`;
  if (!tolerable(failed, allowance)) {
    const first = runs.find(({ verdict }) => verdict === 'fail');
    return {
      decided: true,
      verdict: 'fail',
      why: `${share}; ${rule}. First failure: ${first?.why}`,
    };
  }
  const left = atMostRuns - runs.length;
  // Even if every further run failed it would be chance: nothing more can be learned.
  const certain = tolerable(failed + left, allowance);
  if (left > 0 && !certain) return { decided: false, verdict: 'inconclusive', why: share };
  const unclear = runs.length - passed - failed;
  if (unclear > failed + passed) {
    return { decided: true, verdict: 'inconclusive', why: `${share}, ${unclear} saw too little` };
  }
  return { decided: true, verdict: 'pass', why: `${share}; ${rule}.` };
}
