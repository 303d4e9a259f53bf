import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../judged.ts';
import type { CellLine } from './gate-cells.ts';

/** Every cell of a suite's folder, played against the notifier in virtual time by a process. */
export async function played(suite: string): Promise<CellLine[]> {
  const program = join(import.meta.dirname, 'gate-cells.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, suite], { cwd: ROOT });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as CellLine]));
}
