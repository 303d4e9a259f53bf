/** A cell with `allow`: run over consecutive seeds until its share of passes is decided. */
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { foldRepeated, verdictOfRuns, withKnown } from '../verdict/index.ts';
import type { CellJob, CellOutcome } from './cell-job.ts';
import { runCellJob } from './cell-job.ts';

function withSeed(cell: Cell, seed: number): Cell {
  return { ...cell, seed, id: cell.id.replace(/#\d+$/, `#${seed}`) };
}

/** As it counts in the run: with what the register knows taken out. `id`: what entries name. */
function known({ register, today }: CellJob, id: string, verdict: CellVerdict): CellVerdict {
  if (register === undefined) return verdict;
  const { cell } = verdict;
  return { ...withKnown({ ...verdict, cell: id }, register, today ?? ''), cell };
}

/** Runs a cell over consecutive seeds until its share of passes is decided. */
async function runRepeated(job: CellJob, allow: NonNullable<Cell['allow']>): Promise<CellOutcome> {
  const { id, seed } = job.cell;
  const outcomes: CellOutcome[] = [];
  const verdicts: CellVerdict[] = [];
  for (let number = 0; number < allow.atMostRuns; number++) {
    if (number > 0 && job.signal?.aborted === true) break;
    const cell = withSeed(job.cell, seed + number);
    const fileStem = `${job.fileStem}-run${number + 1}`;
    const outcome = await runCellJob({ ...job, cell, fileStem });
    if (outcome.report.verdict.verdict === 'not-applicable') return outcome;
    outcomes.push(outcome);
    verdicts.push(known(job, id, outcome.report.verdict));
    if (foldRepeated(verdicts, allow).decided) break;
  }
  const { shown, verdict } = verdictOfRuns(verdicts, allow, id);
  const told = outcomes[shown]!;
  const wallMs = outcomes.reduce((sum, { report }) => sum + report.wallMs, 0);
  return { ...told, report: { ...told.report, id, wallMs, verdict } };
}

/** One run for a plain cell; as many as it takes for one that is random by nature. */
export async function runAllowedJob(job: CellJob): Promise<CellOutcome> {
  const { allow, id } = job.cell;
  if (allow !== undefined) return runRepeated(job, allow);
  const { report, ...rest } = await runCellJob(job);
  return { ...rest, report: { ...report, verdict: known(job, id, report.verdict) } };
}
