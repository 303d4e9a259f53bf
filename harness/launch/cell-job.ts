/** One cell: run, judged live from the same events that its history gets, and reported. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import type { CellReport, Progress } from '../../reports/model.ts';
import type { Description } from '../implementation/description.ts';
import { relaxedCell } from '../implementation/relaxation.ts';
import { createCase } from '../judge/index.ts';
import type { CellRunOptions } from '../run/cell-options.ts';
import { runCell } from '../run/cell-run.ts';
import { notApplicable } from '../verdict/index.ts';
import type { KnownFailure } from '../verdict/index.ts';

export interface CellJob {
  readonly cell: Cell;
  readonly description: Description | undefined;
  /** Absolute folder of the run, or undefined when nothing is to be kept. */
  readonly runFolder: string | undefined;
  /** Name of the cell's files in the run's folder. */
  readonly fileStem: string;
  /** For a program that was told its addresses beforehand; undefined = any free ports. */
  readonly fixed?: NonNullable<CellRunOptions['fixed']>;
  /** See CellRunOptions. */
  readonly told?: NonNullable<CellRunOptions['told']>;
  readonly probe: boolean;
  /** See CellRunOptions. */
  readonly provesTemplate?: boolean;
  /** How the reader repeats just this cell. */
  readonly replay: string;
  /** Known failures, and the day (`2026-11-21`) by which its entries expire; absent: none. */
  readonly register?: readonly KnownFailure[];
  readonly today?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Omit<Progress, 'cellsDone' | 'cells'>) => void;
}

export interface CellOutcome {
  readonly report: CellReport;
  readonly error?: BellwetherError;
}

/** How one job is done: in this thread, or in another. */
export type PlayCell = (job: CellJob) => Promise<CellOutcome>;

/** `memory` when everything under test runs in this process, else `sockets`. */
export function wireOf(cell: Cell, description: Description | undefined): 'memory' | 'sockets' {
  if (cell.clock === 'wall') return 'sockets';
  const inside = cell.worldCheck || description?.start === 'module';
  return inside ? 'memory' : 'sockets';
}

const PROGRESS_EVERY_EVENTS = 500;

function reportOf(
  job: CellJob,
  verdict: CellVerdict,
  facts: {
    wire: 'memory' | 'sockets';
    wallMs: number;
    lastedMicros: number;
    history: string | null;
    output?: string;
  },
): CellReport {
  const { cell } = job;
  return {
    id: cell.id,
    suite: cell.suite,
    scenario: cell.scenario,
    summary: cell.summary,
    clauses: cell.clauses,
    tags: cell.tags,
    matrix: cell.matrix,
    seed: cell.seed,
    hypothetical: cell.hypothetical,
    policy: cell.policy.name,
    relaxations: cell.policy.relaxations,
    ignored: cell.ignore,
    wire: facts.wire,
    wallMs: facts.wallMs,
    lastedMicros: facts.lastedMicros,
    history: facts.history,
    ...(facts.output === undefined ? {} : { output: facts.output }),
    replay: job.replay,
    verdict,
  };
}

export async function runCellJob(asked: CellJob): Promise<CellOutcome> {
  const description = asked.cell.worldCheck ? undefined : asked.description;
  const job = { ...asked, cell: relaxedCell(asked.cell, description) };
  const { cell, runFolder, fileStem } = job;
  const wire = wireOf(cell, description);
  // The probe asks whether lies are told, in whatever world there is.
  const isScenario = description !== undefined && !job.probe;
  const outside = isScenario ? notApplicable(cell, description.claims) : null;
  if (outside !== null) {
    const facts = { wire, wallMs: 0, lastedMicros: 0, history: null };
    return { report: reportOf(job, outside, facts) };
  }
  const stopwatch = createWallClock();
  const judged = createCase();
  let phase: Progress['phase'] = 'starting';
  let endsAtMicros = 0;
  let messages = 0;
  let displayed = 0;
  let micros = 0;
  const tell = (): void =>
    job.onProgress?.({ cell: cell.id, micros, endsAtMicros, phase, messages, displayed });
  const historyFile = runFolder === undefined ? undefined : join(runFolder, `${fileStem}.ndjson`);
  const outputFile =
    runFolder === undefined ? undefined : join(runFolder, `${fileStem}.output.log`);
  const run = await runCell({
    cell,
    description,
    wire,
    historyFile,
    folder: runFolder === undefined || wire === 'memory' ? undefined : join(runFolder, fileStem),
    ...(outputFile === undefined ? {} : { outputFile }),
    readers: [
      (event) => judged.observe(event),
      (event) => {
        micros = event.t;
        if (event.kind === 'message.intended') messages++;
        else if (event.kind === 'device.displayed') displayed++;
        if (event.seq % PROGRESS_EVERY_EVENTS === 0) tell();
      },
    ],
    ...(job.signal === undefined ? {} : { signal: job.signal }),
    onPhase: (next, ends) => {
      phase = next;
      endsAtMicros = ends;
      tell();
    },
    probe: job.probe,
    provesTemplate: job.provesTemplate ?? false,
    ...(job.fixed === undefined ? {} : { fixed: job.fixed }),
    ...(job.told === undefined ? {} : { told: job.told }),
  });
  const verdict = judged.verdict();
  const facts = {
    wire,
    wallMs: Math.round(stopwatch.now() / 1000),
    lastedMicros: run.lastedMicros,
    history: historyFile === undefined ? null : relative(runFolder!, historyFile),
    ...(outputFile !== undefined &&
      existsSync(outputFile) && { output: relative(runFolder!, outputFile) }),
  };
  const report = reportOf(job, verdict, facts);
  return run.error === undefined ? { report } : { report, error: run.error };
}
