import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { RunReport } from '../../../reports/model.ts';
import { judgeHistory } from '../../judge/index.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';

/** The NDJSON files of a run folder, or the one file given. */
export function historiesOf(written: string, workingDirectory: string): string[] {
  const path = resolve(workingDirectory, written);
  if (!existsSync(path)) {
    throw new BellwetherError(`there is no run at ${written}`, {
      code: 'CLI_NO_RUN',
      blame: 'author',
      hint: 'Runs are kept below .bellwether/runs; a run ends with the path of its report.',
    });
  }
  if (path.endsWith('.ndjson')) return [path];
  const files = readdirSync(path).filter((file) => file.endsWith('.ndjson'));
  if (files.length === 0) {
    throw new BellwetherError(`there is no history in ${written}`, {
      code: 'CLI_NO_RUN',
      blame: 'author',
      hint: 'Name the folder of one run, such as .bellwether/runs/2026-11-21T21-10-05.',
    });
  }
  return files.toSorted().map((file) => join(path, file));
}

/** What the live run had said, where its report is there. */
function told(run: string, workingDirectory: string): Map<string, CellVerdict> {
  const file = join(resolve(workingDirectory, run), 'report.json');
  if (!existsSync(file)) return new Map();
  const report = JSON.parse(readFileSync(file, 'utf8')) as RunReport;
  return new Map(report.cells.map(({ id, verdict }) => [id, verdict]));
}

/** Prints the verdicts of a run's histories, computed again; the exit code. */
export async function judge(run: string, json: boolean, context: CliContext): Promise<number> {
  const files = historiesOf(run, context.workingDirectory);
  const before = told(run, context.workingDirectory);
  const codes = new Set<number>();
  for (const file of files) {
    const verdict = await judgeHistory(file);
    const live = before.get(verdict.cell);
    const differs = live !== undefined && JSON.stringify(live) !== JSON.stringify(verdict);
    if (json) context.stdout.write(`${JSON.stringify(verdict)}\n`);
    else {
      const note = differs && live.verdict !== 'error' ? '  (differs from the live run!)' : '';
      context.stdout.write(`${verdict.verdict.padEnd(14)} ${verdict.cell}${note}\n`);
      for (const { findings } of verdict.rules) {
        for (const finding of findings) {
          context.stdout.write(`  ${finding.rule}: ${finding.sentence}\n`);
        }
      }
    }
    codes.add(verdict.verdict === 'not-applicable' ? EXIT.inconclusive : EXIT[verdict.verdict]);
  }
  if (codes.size === 0) return EXIT.inconclusive;
  return [EXIT.fail, EXIT.error, EXIT.inconclusive].find((code) => codes.has(code)) ?? EXIT.pass;
}
