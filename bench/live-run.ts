/** One cell, run and judged in this process as `bellwether run` does it, for measurements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVocabulary } from '../harness/compose.ts';
import { loadDescription } from '../harness/implementation/description.ts';
import type { Description } from '../harness/implementation/description.ts';
import { createCase } from '../harness/judge/index.ts';
import { loadPlan } from '../harness/plan/load.ts';
import { runCell } from '../harness/run/cell-run.ts';
import type { EventKind } from '../simulators/kernel/events.ts';
import type { Cell } from '../simulators/kernel/plan.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface LiveRun {
  readonly events: number;
  readonly seconds: number;
  /** How many of these events had the kind that was to be counted. */
  readonly counted: number;
}

/** The only cell of a scenario. `file` is relative to the checkout. */
export function cellOf(file: string): Cell {
  const options = { vocabulary: createVocabulary(), workingDirectory: ROOT };
  const [cell] = loadPlan([join(ROOT, file)], options).cells;
  if (cell === undefined) throw new Error(`${file} has no cell`);
  return cell;
}

export function descriptionOf(file: string): Description {
  return loadDescription(join(ROOT, file), ROOT);
}

/**
 * In virtual time to the verdict, which has to be pass; without a description phones alone.
 * `kind`: which events to count.
 */
export async function liveRun(
  cell: Cell,
  description: Description | undefined,
  historyFile: string,
  kind: EventKind = 'message.intended',
): Promise<LiveRun> {
  let counted = 0;
  const begin = performance.now();
  const judged = createCase();
  const { events } = await runCell({
    cell,
    description,
    wire: 'memory',
    historyFile,
    folder: undefined,
    readers: [
      (event) => {
        judged.observe(event);
        if (event.kind === kind) counted++;
      },
    ],
  });
  const { verdict, why } = judged.verdict();
  const seconds = (performance.now() - begin) / 1_000;
  if (verdict !== 'pass') throw new Error(`the verdict is ${verdict}: ${why}`);
  return { events, seconds, counted };
}

/** A folder that is gone afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
