/**
 * `allow: { pass-rate, confidence, at-most }`: a scenario that is random by nature is run over
 * several seeds, and fails only when the share of passing runs is too low to be chance. Each run is
 * folded to its own verdict first; a safety finding in any run fails at once and is never averaged.
 */
import type { CellVerdict, VerdictWord } from '../../simulators/kernel/finding.ts';
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

/** What the runs so far came to; those that saw too little are neither passes nor failures. */
interface Counted {
  readonly passed: number;
  readonly failed: number;
  readonly unclear: number;
}

/** Would `failures` among all the allowed runs that could see enough still be within chance? */
function tolerable(failures: number, unclear: number, allowance: Allowance): boolean {
  const { passRate, confidence, atMostRuns } = allowance;
  const judged = atMostRuns - unclear;
  return chanceOfSoFew(judged - failures, judged, passRate) > 1 - confidence;
}

/** Why these runs cannot be a pass, however few of them failed; null when they can. */
function tooLittle({ passed, failed, unclear }: Counted): string | null {
  if (unclear >= passed + failed) return `${unclear} saw too little`;
  return passed === 0 ? 'so few runs cannot tell that from chance' : null;
}

/** What the runs so far say together. Throws RangeError without any. */
export function foldRepeated(runs: readonly CellVerdict[], allowance: Allowance): RepeatedRuns {
  if (runs.length === 0) throw new RangeError('no run to fold');
  const { passRate, confidence, atMostRuns } = allowance;
  const isKnown = (run: CellVerdict): boolean => run.known !== undefined && run.verdict !== 'fail';
  const unsafe = runs.find((run) => hasSafetyFinding(run) && !isKnown(run));
  if (unsafe !== undefined) {
    const why = `A safety finding is never averaged: ${unsafe.why}`;
    return { decided: true, verdict: 'fail', why };
  }
  const broken = runs.find(({ verdict }) => verdict === 'error');
  if (broken !== undefined) return { decided: true, verdict: 'error', why: broken.why };
  const passed = runs.filter(({ verdict }) => verdict === 'pass').length;
  const failed = runs.filter(({ verdict }) => verdict === 'fail').length;
  const unclear = runs.length - passed - failed;
  const share = `${passed} of ${runs.length} runs passed`;
  const asked = Math.round(passRate * 1000) / 10;
  const rule = `${asked} % are asked for at ${confidence * 100} % confidence`;
  if (!tolerable(failed, unclear, allowance)) {
    const first = runs.find(({ verdict }) => verdict === 'fail');
    return {
      decided: true,
      verdict: 'fail',
      why: `${share}; ${rule}. First failure: ${first?.why}`,
    };
  }
  const left = atMostRuns - runs.length;
  const lacking = tooLittle({ passed, failed, unclear });
  // Even if every further run failed it would be chance: nothing more can be learned.
  const certain = lacking === null && tolerable(failed + left, unclear, allowance);
  if (left > 0 && !certain) return { decided: false, verdict: 'inconclusive', why: share };
  if (lacking !== null) {
    return { decided: true, verdict: 'inconclusive', why: `${share}, ${lacking}.` };
  }
  return { decided: true, verdict: 'pass', why: `${share}; ${rule}.` };
}

/** Entries of the register that any of the runs needed, each once. */
function knownOf(runs: readonly CellVerdict[], judged: VerdictWord): Pick<CellVerdict, 'known'> {
  const failures = new Map(
    runs.flatMap(({ known }) => known?.failures ?? []).map((each) => [each.rule, each]),
  );
  return failures.size === 0 ? {} : { known: { judged, failures: [...failures.values()] } };
}

/** The run that tells most: the first not to pass, else one with a known failure, else the last. */
function shownAt(runs: readonly CellVerdict[]): number {
  const odd = runs.findIndex((run) => run.verdict !== 'pass');
  const withKnown = runs.findIndex(({ known }) => known !== undefined);
  return [odd, withKnown].find((at) => at >= 0) ?? runs.length - 1;
}

/**
 * The one verdict of a cell (`id`) that was run over several seeds, and the place of the run that
 * the reader is shown. Throws RangeError without any.
 */
export function verdictOfRuns(
  runs: readonly CellVerdict[],
  allowance: Allowance,
  id: string,
): { readonly verdict: CellVerdict; readonly shown: number } {
  const { verdict, why } = foldRepeated(runs, allowance);
  const shown = shownAt(runs);
  const { besides: _ofOneRun, known: _too, ...rest } = runs[shown]!;
  const judged = foldRepeated(
    runs.map((run) => ({ ...run, ...run.known?.judged })),
    allowance,
  );
  const seed = rest.cell.slice(rest.cell.lastIndexOf('#') + 1);
  const note = `${runs.length} runs were made; shown is the one with seed ${seed}.`;
  const folded = {
    ...rest,
    cell: id,
    verdict,
    why,
    ...knownOf(runs, { verdict: judged.verdict, why: judged.why }),
    notes: [note, ...rest.notes],
  };
  return { verdict: folded, shown };
}
