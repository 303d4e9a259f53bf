import { dirname } from 'node:path';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import { projectVersion } from '../../compose.ts';
import { EXIT_CODES, foldRun } from '../../verdict/index.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { HISTORY_SUFFIX, historiesOf } from '../histories.ts';
import { judgedCells } from '../judged-cells.ts';
import type { JudgedCell } from '../judged-cells.ts';
import { keptRun, missingCells } from '../kept-run.ts';
import type { KeptRun } from '../kept-run.ts';
import { knownFailuresOf } from '../known-failures.ts';

export interface JudgeOptions {
  readonly json?: boolean;
  readonly knownFailures?: string;
}

/** As the judges said it in the live run, before anything known was taken out. */
function liveOf(cell: string, { report }: KeptRun): CellVerdict | undefined {
  const live = report?.cells.find(({ id }) => id === cell)?.verdict;
  if (live?.known === undefined) return live;
  const { known, ...rest } = live;
  return { ...rest, ...known.judged };
}

/** Another version may tell more of a verdict, but never come to another one. */
function differs({ judged }: JudgedCell, kept: KeptRun): boolean {
  const live = liveOf(judged.cell, kept);
  if (live === undefined) return false;
  const told = kept.report?.cells.find(({ id }) => id === judged.cell)?.verdict;
  // Which run of several is shown may depend on what is known.
  const isWord = kept.report?.version !== projectVersion() || told?.known !== undefined;
  return isWord ? live.verdict !== judged.verdict : JSON.stringify(live) !== JSON.stringify(judged);
}

function print(cell: JudgedCell, isOther: boolean, kept: KeptRun, context: CliContext): void {
  const { counted } = cell;
  const notes = [
    ...(isOther && liveOf(counted.cell, kept)?.verdict !== 'error'
      ? ['(differs from the live run!)']
      : []),
    ...(counted.known?.failures ?? []).map(({ rule }) => `(${rule} is known)`),
  ];
  const rest = notes.length === 0 ? '' : `  ${notes.join(' ')}`;
  context.stdout.write(`${counted.verdict.padEnd(14)} ${counted.cell}${rest}\n`);
  for (const { findings } of counted.rules) {
    for (const finding of findings) {
      context.stdout.write(`  ${finding.rule}: ${finding.sentence}\n`);
    }
  }
}

/**
 * What it all comes to, folded as the live run does. The probe proves nothing about a scenario, so
 * alone it is no pass; a history that is named alone stands for itself.
 */
function exitOf(cells: readonly JudgedCell[], codes: Set<number>, planned: number | null): number {
  const verdicts = cells.map(({ counted }) => counted);
  if (planned === null) for (const { verdict } of verdicts) codes.add(EXIT_CODES[verdict]);
  else {
    codes.add(foldRun(verdicts, { plannedCells: planned }).exitCode);
    if (cells.every(({ isProbe }) => isProbe)) codes.add(EXIT.inconclusive);
  }
  return [EXIT.fail, EXIT.error, EXIT.inconclusive].find((code) => codes.has(code)) ?? EXIT.pass;
}

/** Prints the verdicts of a run's histories, computed again; the exit code. */
export async function judge(
  run: string,
  options: JudgeOptions,
  context: CliContext,
): Promise<number> {
  const files = historiesOf(run, context.workingDirectory);
  const isWhole = !run.endsWith(HISTORY_SUFFIX);
  const entries = knownFailuresOf(options.knownFailures, context.workingDirectory);
  const kept = keptRun(isWhole ? run : dirname(run), context);
  for (const file of kept.damaged) {
    context.stderr.write(`${file} is damaged: nothing is compared with what it said\n`);
  }
  const now = new Date(createWallClock().epochMillis()).toISOString();
  const today = (kept.report?.run.began ?? now).slice(0, 10);
  const register = { entries, today };
  const { cells, histories, damaged } = await judgedCells(files, register, isWhole, context);
  const codes = new Set<number>();
  if (damaged > 0) codes.add(EXIT.error);
  // Without its plan nobody knows whether the run is whole.
  if (kept.damaged.length > 0) codes.add(EXIT.inconclusive);
  for (const cell of cells) {
    const isOther = differs(cell, kept);
    if (options.json === true) context.stdout.write(`${JSON.stringify(cell.counted)}\n`);
    else print(cell, isOther, kept, context);
    // Of a history and a report that contradict each other, neither proves a pass.
    if (isOther) codes.add(EXIT.inconclusive);
  }
  if (!isWhole) return exitOf(cells, codes, null);
  const there = new Set(cells.map(({ judged }) => judged.cell));
  const missing = missingCells(kept, histories, there);
  for (const cell of missing) {
    const why = 'It stands in the plan or the report, and no history of it can be judged.';
    const word = { cell, verdict: 'inconclusive', why };
    if (options.json === true) context.stdout.write(`${JSON.stringify(word)}\n`);
    else context.stdout.write(`${word.verdict.padEnd(14)} ${cell}  (missing: ${why})\n`);
  }
  return exitOf(cells, codes, cells.length + missing.length);
}
