/** A cell with `allow`: run over consecutive seeds until its share of passes is decided. */
import type { Cell } from '../../simulators/kernel/plan.ts';
import { foldRepeated } from '../verdict/index.ts';
import type { CellJob, CellOutcome } from './cell-job.ts';
import { runCellJob } from './cell-job.ts';

function withSeed(cell: Cell, seed: number): Cell {
  return { ...cell, seed, id: cell.id.replace(/#\d+$/, `#${seed}`) };
}

/** One run for a plain cell; as many as it takes for one that is random by nature. */
export async function runAllowedJob(job: CellJob): Promise<CellOutcome> {
  const { allow } = job.cell;
  if (allow === undefined) return runCellJob(job);
  const outcomes: CellOutcome[] = [];
  for (let number = 0; number < allow.atMostRuns; number++) {
    if (number > 0 && job.signal?.aborted === true) break;
    const cell = withSeed(job.cell, job.cell.seed + number);
    const outcome = await runCellJob({
      ...job,
      cell,
      fileStem: `${job.fileStem}-run${number + 1}`,
    });
    if (outcome.report.verdict.verdict === 'not-applicable') return outcome;
    outcomes.push(outcome);
    const verdicts = outcomes.map(({ report }) => report.verdict);
    if (foldRepeated(verdicts, allow).decided) break;
  }
  const verdicts = outcomes.map(({ report }) => report.verdict);
  const folded = foldRepeated(verdicts, allow);
  // The reader is shown the run that tells most: the first that did not pass, else the last.
  const shown =
    outcomes.find(({ report }) => report.verdict.verdict !== 'pass') ?? outcomes.at(-1)!;
  const { verdict, seed } = shown.report;
  const note = `${outcomes.length} runs were made; shown is the one with seed ${seed}.`;
  return {
    ...shown,
    report: {
      ...shown.report,
      id: job.cell.id,
      wallMs: outcomes.reduce((sum, { report }) => sum + report.wallMs, 0),
      verdict: {
        ...verdict,
        verdict: folded.verdict,
        why: folded.why,
        notes: [note, ...verdict.notes],
      },
    },
  };
}
