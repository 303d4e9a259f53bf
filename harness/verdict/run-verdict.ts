import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { VERDICTS } from '../../simulators/kernel/words.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';
import { EXIT_CODES } from './exit-code.ts';
import { applyKnownFailures } from './known-failures.ts';
import type { KnownFailure } from './known-failures.ts';

/** A whole run folded from its cells. */
export interface RunVerdict {
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** Cells of the implementation by verdict; world checks are counted apart. */
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly worldChecks: Readonly<Record<Verdict, number>>;
  readonly why: string;
  /** Register entries that matched a failure, one line each. */
  readonly known: readonly string[];
  /** Problems with the register itself, and entries ready to paste for what it lacks. */
  readonly register: readonly string[];
}

export interface RunOptions {
  /** How many cells the plan has; fewer verdicts than that is inconclusive (`merge`). */
  readonly plannedCells?: number;
  /** The honesty probe’s cell: alone it proves nothing about any scenario. */
  readonly probe?: string;
  readonly knownFailures?: readonly KnownFailure[];
  /** The day of the run, `2026-11-21`: by it entries expire. */
  readonly today?: string;
}

function countOf(cells: readonly CellVerdict[]): Record<Verdict, number> {
  const counts: Record<Verdict, number> = {
    fail: 0,
    error: 0,
    inconclusive: 0,
    pass: 0,
    'not-applicable': 0,
  };
  for (const cell of cells) counts[cell.verdict]++;
  return counts;
}

interface Word {
  readonly verdict: Verdict;
  readonly why: string;
}

function wordOf(
  cells: readonly CellVerdict[],
  world: readonly CellVerdict[],
  { plannedCells: planned, probe }: RunOptions,
): Word {
  const all = cells.length + world.length;
  if (all === 0) return { verdict: 'inconclusive', why: 'No cell was run.' };
  const judged = cells.filter((cell) => cell.verdict !== 'not-applicable');
  const worst = judged.reduce<Verdict>(
    (found, cell) =>
      VERDICTS.indexOf(cell.verdict) < VERDICTS.indexOf(found) ? cell.verdict : found,
    'pass',
  );
  const named = judged.find((cell) => cell.verdict === worst);
  if (worst === 'fail' && named !== undefined) {
    const failed = judged.filter((cell) => cell.verdict === 'fail').length;
    const share = judged.length === 1 ? '' : `${failed} of ${judged.length} cells failed. `;
    return { verdict: worst, why: `${share}${named.cell}: ${named.why}` };
  }
  // A world check that fails is our own world's defect, never the implementation's.
  const broken = world.find((cell) => cell.verdict === 'fail' || cell.verdict === 'error');
  if (broken !== undefined) {
    return { verdict: 'error', why: `The world check ${broken.cell} did not hold: ${broken.why}` };
  }
  if (worst !== 'pass' && named !== undefined)
    return { verdict: worst, why: `${named.cell}: ${named.why}` };
  if (planned !== undefined && all < planned) {
    return { verdict: 'inconclusive', why: `${planned - all} of ${planned} cells are missing.` };
  }
  if (cells.length === 0) {
    return {
      verdict: 'inconclusive',
      why: 'Only world checks were run: nothing follows for an implementation.',
    };
  }
  if (judged.every(({ cell }) => cell === probe)) {
    const beside = judged.length === 0 ? '' : '; the honesty probe alone was judged';
    return {
      verdict: 'inconclusive',
      why: `All cells are outside what the implementation claims${beside}.`,
    };
  }
  const known = judged.filter((cell) => cell.known !== undefined).length;
  const passed =
    judged.length === 1
      ? `The cell passed${known === 0 ? '' : ', but for known failures'}`
      : `All ${judged.length} cells passed${known === 0 ? '' : `, ${known} with known failures`}`;
  const held = world.filter((cell) => cell.verdict === 'pass').length;
  const beside =
    held === 0 ? '' : ` So did ${held === 1 ? 'a world check' : `${held} world checks`}.`;
  return { verdict: 'pass', why: `${passed}.${beside}` };
}

/** Worst first: fail, error, inconclusive, pass. Known failures are taken out before. */
export function foldRun(verdicts: readonly CellVerdict[], options: RunOptions = {}): RunVerdict {
  const known = applyKnownFailures(verdicts, options.knownFailures ?? [], options.today ?? '');
  const cells = known.cells.filter((cell) => !cell.worldCheck);
  const world = known.cells.filter((cell) => cell.worldCheck);
  let word = wordOf(cells, world, options);
  const stale = known.problems[0];
  if (stale !== undefined && word.verdict !== 'fail') word = { verdict: 'fail', why: stale };
  return {
    verdict: word.verdict,
    exitCode: EXIT_CODES[word.verdict],
    counts: countOf(cells),
    worldChecks: countOf(world),
    why: word.why,
    known: known.matched,
    register: [...known.problems, ...known.toPaste],
  };
}
