/**
 * A whole plan: every cell as a job, a few at a time where time is real, folded into one report.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { CellReport, Progress, RunFacts, RunReport } from '../../reports/model.ts';
import type { Description } from '../implementation/description.ts';
import { aside } from '../implementation/module-output.ts';
import type { CellRunOptions } from '../run/cell-options.ts';
import type { KnownFailure } from '../verdict/index.ts';
import { blameFor } from './blame-job.ts';
import { reportOf } from './report.ts';
import { wireOf } from './cell-job.ts';
import type { PlayCell } from './cell-job.ts';
import { runAllowedJob } from './repeated-job.ts';
import { toldCells, toldProbe } from './told-cells.ts';
import { playVirtual, threadsFor } from './virtual-cells.ts';

export interface RunPlanOptions {
  readonly plan: Plan;
  readonly probe: Cell | undefined;
  readonly description: Description | undefined;
  readonly runFolder: string;
  readonly facts: Omit<RunFacts, 'wallMs'>;
  readonly version: string;
  /**
   * Cells at once: in wall time, where they mostly wait; in virtual time, where each takes a core,
   * not more than there are cores.
   */
  readonly jobs: number;
  /** See CellJob; then cells run one at a time. */
  readonly fixed?: NonNullable<CellRunOptions['fixed']>;
  readonly ruleNames: readonly string[];
  readonly knownFailures: readonly KnownFailure[];
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onCell: (cell: CellReport) => void;
  /** Played in place of the implementation where a cell failed; undefined = nothing is. */
  readonly reference?: Description;
  /** How a reader repeats one cell. */
  readonly replayOf: (cell: Cell) => string;
  readonly elapsedMs: () => number;
}

export interface RunPlanResult {
  readonly report: RunReport;
  /** The first failure of the harness, for the last line of output. */
  readonly error?: BellwetherError;
}

/** A file name from a cell id: readable, and unique by its number. */
function stemOf(cell: Cell, number: number): string {
  const words = cell.id.replaceAll(/[^a-z0-9.]+/gi, '-').replaceAll(/^-+|-+$/g, '');
  return `${String(number).padStart(4, '0')}-${words}`.slice(0, 120);
}

/** Runs `work` over the items, at most `width` at once, keeping their order in the result. */
async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, () => worker()));
  return results;
}

/** When all is over, so that nothing disturbs the times of others. World checks have no subject. */
async function withBlame(
  reports: readonly CellReport[],
  { plan, description, reference, runFolder, signal }: RunPlanOptions,
  stems: ReadonlyMap<string, string>,
): Promise<readonly CellReport[]> {
  if (reference === undefined || description === undefined) return reports;
  const cells = new Map(plan.cells.map((cell) => [cell.id, cell]));
  const told: CellReport[] = [];
  for (const report of reports) {
    const cell = cells.get(report.id);
    // A failure that is known has somebody to blame as well.
    const judged = { ...report.verdict, ...report.verdict.known?.judged };
    const failed = judged.verdict === 'fail' && !judged.worldCheck;
    // What is random by nature has no single history to compare.
    const plain = cell !== undefined && cell.allow === undefined;
    if (!plain || !failed || signal?.aborted === true) told.push(report);
    else {
      const fileStem = stems.get(cell.id) ?? 'cell';
      const asJudged = { ...report, verdict: judged };
      const job = { cell, report: asJudged, subject: description, reference, runFolder, fileStem };
      const blame = await blameFor(signal === undefined ? job : { ...job, signal });
      told.push({ ...report, blame });
    }
  }
  return told;
}

export async function runPlan(options: RunPlanOptions): Promise<RunPlanResult> {
  const { plan, description, runFolder, signal } = options;
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, 'plan.json'), JSON.stringify(plan));
  const cells = [...(options.probe === undefined ? [] : [options.probe]), ...plan.cells];
  const unproven =
    options.probe === undefined ? plan.cells.find(({ worldCheck }) => !worldCheck) : undefined;
  const stems = new Map(cells.map((cell, number) => [cell.id, stemOf(cell, number)]));
  let cellsDone = 0;
  /** By number of cell: which is met first depends on the machine. */
  const errors: (BellwetherError | undefined)[] = [];
  const row = description?.start === 'url' ? toldCells(plan) : [];
  const inARow = new Map(row.map((each) => [each.cell.id, each]));
  const one = async (
    planned: Cell,
    number: number,
    play: PlayCell = runAllowedJob,
  ): Promise<CellReport> => {
    const { cell, told } =
      planned === options.probe
        ? { cell: planned, told: toldProbe(row) }
        : (inARow.get(planned.id) ?? { cell: planned, told: undefined });
    const outcome = await play({
      cell,
      description,
      runFolder,
      fileStem: stems.get(cell.id) ?? stemOf(cell, number),
      probe: planned === options.probe,
      provesTemplate: planned === unproven,
      replay: options.replayOf(cell),
      register: options.knownFailures,
      today: options.facts.began.slice(0, 10),
      ...(signal === undefined ? {} : { signal }),
      ...(options.fixed === undefined ? {} : { fixed: options.fixed }),
      ...(told === undefined ? {} : { told }),
      onProgress: (progress) => {
        const wallMs = Math.round(options.elapsedMs());
        aside(() => options.onProgress({ ...progress, cellsDone, cells: cells.length, wallMs }));
      },
    });
    errors[number] = outcome.error;
    cellsDone++;
    aside(() => options.onCell(outcome.report));
    return outcome.report;
  };

  // The probe comes first and alone: an unusable template must stop the run before any scenario.
  const reports: CellReport[] = [];
  let rest = cells.map((cell, index) => ({ cell, index }));
  if (options.probe !== undefined) {
    reports.push(await one(options.probe, 0));
    rest = rest.slice(1);
  }
  const virtual = rest.filter(({ cell }) => wireOf(cell, description) === 'memory');
  const wall = rest.filter(({ cell }) => wireOf(cell, description) === 'sockets');
  const done = new Map<Cell, CellReport>();
  // Who was told of one world can be in one cell at a time.
  const alone = options.fixed !== undefined || inARow.size > 0;
  const width = alone ? 1 : options.jobs;
  const cores = Math.min(width, availableParallelism());
  const threads = threadsFor(
    virtual.map(({ cell }) => cell),
    cores,
  );
  await playVirtual(virtual, threads, async ({ cell, index }, play) => {
    if (signal?.aborted !== true) done.set(cell, await one(cell, index, play));
  });
  await inParallel(wall, width, async ({ cell, index }) => {
    if (signal?.aborted !== true) done.set(cell, await one(cell, index));
  });
  for (const { cell } of rest) {
    const report = done.get(cell);
    if (report !== undefined) reports.push(report);
  }
  const told = await withBlame(reports, options, stems);
  const report = reportOf({
    version: options.version,
    run: { ...options.facts, wallMs: Math.round(options.elapsedMs()) },
    description,
    planned: cells.length,
    probe: options.probe?.id,
    cells: told,
    ruleNames: options.ruleNames,
    knownFailures: options.knownFailures,
  });
  writeFileSync(join(runFolder, 'run.json'), JSON.stringify(report.run, null, 2));
  const error = errors.find((each) => each !== undefined);
  return error === undefined ? { report } : { report, error };
}
