/** `run --check-determinism`: each virtual cell twice; the first event that differs is shown. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Description } from '../implementation/description.ts';
import { wireOf } from '../launch/cell-job.ts';
import { runCell } from '../run/cell-run.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './context.ts';

/** The first line in which two histories part; undefined when they are the same, byte for byte. */
function firstDifference(a: string, b: string): { line: number; a: string; b: string } | undefined {
  if (a === b) return undefined;
  const left = a.split('\n');
  const right = b.split('\n');
  const index = left.findIndex((line, at) => line !== right[at]);
  const at = index === -1 ? left.length : index;
  return { line: at + 1, a: left[at] ?? '(ends)', b: right[at] ?? '(ends)' };
}

async function historyOf(
  cell: Cell,
  description: Description | undefined,
  file: string,
): Promise<string> {
  await runCell({
    cell,
    description: cell.worldCheck ? undefined : description,
    wire: 'memory',
    historyFile: file,
    folder: undefined,
    readers: [],
  });
  return readFileSync(file, 'utf8');
}

export async function checkDeterminism(
  plan: Plan,
  description: Description | undefined,
  context: CliContext,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-'));
  let different = 0;
  let compared = 0;
  try {
    for (const cell of plan.cells) {
      if (wireOf(cell, cell.worldCheck ? undefined : description) !== 'memory') {
        context.stdout.write(`skipped    ${cell.id}: it runs in wall time\n`);
        continue;
      }
      compared++;
      const first = await historyOf(cell, description, join(folder, 'a.ndjson'));
      const second = await historyOf(cell, description, join(folder, 'b.ndjson'));
      const parts = firstDifference(first, second);
      if (parts === undefined) {
        const lines = first.split('\n').length - 1;
        context.stdout.write(`identical  ${cell.id}: ${lines} events, ${first.length} bytes\n`);
        continue;
      }
      different++;
      context.stdout.write(
        `DIFFERENT  ${cell.id} at line ${parts.line}\n  ${parts.a}\n  ${parts.b}\n`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  context.stdout.write(`${compared - different} of ${compared} cells identical\n`);
  if (compared === 0) return EXIT.inconclusive;
  return different === 0 ? EXIT.pass : EXIT.error;
}
