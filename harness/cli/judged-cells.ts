/** A run's histories judged again, those of one cell together as the live run took them. */
import { basename } from 'node:path';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { PROBE_SUITE } from '../launch/probe-cell.ts';
import { judgeCellOf } from '../judge/index.ts';
import type { JudgedHistory } from '../judge/index.ts';
import { verdictOfRuns, withKnown } from '../verdict/index.ts';
import type { KnownFailure } from '../verdict/index.ts';
import type { CliContext } from './context.ts';
import { showError } from './show-error.ts';

/** What is taken out of a verdict, and by which day: `2026-11-21`. */
export interface Register {
  readonly entries: readonly KnownFailure[];
  readonly today: string;
}

export interface JudgedCell {
  readonly isProbe: boolean;
  /** From the histories alone. */
  readonly judged: CellVerdict;
  /** The same with known failures taken out: the verdict that counts. */
  readonly counted: CellVerdict;
}

interface OneRun {
  readonly plan: Cell;
  readonly verdict: CellVerdict;
  /** Of a cell that is run over several seeds, which run: from 1; else null. */
  readonly number: number | null;
}

export interface Judged {
  readonly cells: readonly JudgedCell[];
  readonly histories: readonly JudgedHistory[];
  /** Histories that are damaged, each of which was told on stderr. */
  readonly damaged: number;
}

function numberOf(file: string, { allow }: Cell): number | null {
  const [, number] = /-run(\d+)\.ndjson$/.exec(basename(file)) ?? [];
  return allow === undefined || number === undefined ? null : Number(number);
}

/** `gate/x #7` of its third run, `gate/x #9`. */
function idOf({ plan: { id, seed }, number }: OneRun): string {
  return number === null ? id : id.replace(/#\d+$/, `#${seed - number + 1}`);
}

/** A cell whose runs are not all there: what they do not show cannot be said to hold. */
function withGaps(verdict: CellVerdict, missing: readonly number[]): CellVerdict {
  if (missing.length === 0 || verdict.verdict === 'fail' || verdict.verdict === 'error') {
    return verdict;
  }
  const why = `Histories of its runs are missing: ${missing.join(', ')}.`;
  return { ...verdict, verdict: 'inconclusive', why };
}

function judgedCell(id: string, runs: readonly OneRun[], register: Register): JudgedCell {
  const known = (verdict: CellVerdict): CellVerdict => {
    const { cell } = verdict;
    return { ...withKnown({ ...verdict, cell: id }, register.entries, register.today), cell };
  };
  const [first] = runs;
  if (first === undefined) throw new RangeError('no run of the cell');
  const { allow, suite } = first.plan;
  const isProbe = suite === PROBE_SUITE;
  if (allow === undefined || first.number === null) {
    return { isProbe, judged: first.verdict, counted: known(first.verdict) };
  }
  const inOrder = runs.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const last = inOrder.at(-1)?.number ?? 0;
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter(
    (number) => !inOrder.some((run) => run.number === number),
  );
  const fold = (verdicts: readonly CellVerdict[]): CellVerdict =>
    withGaps(verdictOfRuns(verdicts, allow, id).verdict, missing);
  const verdicts = inOrder.map(({ verdict }) => verdict);
  return { isProbe, judged: fold(verdicts), counted: fold(verdicts.map(known)) };
}

/**
 * Damaged histories are told and counted; the others are judged all the same. `together`: those of
 * one cell are its runs.
 */
export async function judgedCells(
  files: readonly string[],
  register: Register,
  together: boolean,
  context: CliContext,
): Promise<Judged> {
  const histories: JudgedHistory[] = [];
  const runs: OneRun[] = [];
  let damaged = 0;
  for (const file of files) {
    try {
      const judged = await judgeCellOf(file);
      const { plan } = judged.started;
      histories.push(judged);
      const number = together ? numberOf(file, plan) : null;
      runs.push({ plan, verdict: judged.verdict, number });
    } catch (error) {
      if (!(error instanceof BellwetherError)) throw error;
      showError(error, context);
      damaged++;
    }
  }
  const byCell = Map.groupBy(runs, idOf);
  const cells = [...byCell].map(([id, own]) => judgedCell(id, own, register));
  return { cells, histories, damaged };
}
