import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { RunReport } from '../../../reports/model.ts';
import { judgeHistory } from '../../judge/index.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { historiesOf } from '../histories.ts';
import { showError } from '../show-error.ts';

/** What the live run had said, where its report is there and can be read. */
function told(run: string, context: CliContext): Map<string, CellVerdict> {
  const file = join(resolve(context.workingDirectory, run), 'report.json');
  if (!existsSync(file)) return new Map();
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as RunReport;
    return new Map(report.cells.map(({ id, verdict }) => [id, verdict]));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    context.stderr.write(`${file} is damaged: nothing is compared with what the run said\n`);
    return new Map();
  }
}

/** A damaged history is told and is an error; the others are judged all the same. */
async function verdictOf(file: string, context: CliContext): Promise<CellVerdict | undefined> {
  try {
    return await judgeHistory(file);
  } catch (error) {
    if (!(error instanceof BellwetherError)) throw error;
    showError(error, context);
    return undefined;
  }
}

/** Prints the verdicts of a run's histories, computed again; the exit code. */
export async function judge(run: string, json: boolean, context: CliContext): Promise<number> {
  const files = historiesOf(run, context.workingDirectory);
  const before = told(run, context);
  const codes = new Set<number>();
  for (const file of files) {
    const verdict = await verdictOf(file, context);
    if (verdict === undefined) {
      codes.add(EXIT.error);
      continue;
    }
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
