/**
 * Runs every cell of the gate suite, or of the folder that is named, against the notifier in
 * virtual time and prints a JSON line for each. A process of its own, because the test runner's
 * module loader takes real time.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createVocabulary } from '../../../harness/compose.ts';
import { loadDescription } from '../../../harness/implementation/description.ts';
import { createCase } from '../../../harness/judge/case.ts';
import { loadPlan } from '../../../harness/plan/load.ts';
import { runCell } from '../../../harness/run/cell-run.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';

/** What became of one cell. */
export interface CellLine {
  readonly cell: string;
  /** Findings of rules that count, `rule: sentence`. */
  readonly found: readonly string[];
  readonly shown: number;
  readonly verdict: string;
  /** sha256 of the history's lines. */
  readonly history: string;
}

const ROOT = join(import.meta.dirname, '../../..');
const description = loadDescription(
  join(ROOT, 'examples/reference-notifier/implementation.yaml'),
  ROOT,
);

async function run(cell: Cell): Promise<void> {
  const judged = createCase();
  const hash = createHash('sha256');
  const { error } = await runCell({
    cell,
    description: cell.worldCheck ? undefined : description,
    wire: 'memory',
    historyFile: undefined,
    folder: undefined,
    readers: [
      (event) => judged.observe(event),
      (event) => void hash.update(`${JSON.stringify(event)}\n`),
    ],
  });
  if (error !== undefined) throw error;
  const { rules, counts, verdict } = judged.verdict();
  const found = rules
    .filter(({ level }) => level !== 'may')
    .flatMap(({ findings }) => findings.map(({ rule, sentence }) => `${rule}: ${sentence}`));
  const line: CellLine = {
    cell: cell.id,
    found,
    shown: counts.displayed,
    verdict,
    history: hash.digest('hex'),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const { cells } = loadPlan([process.argv[2] ?? 'scenarios/gate'], {
  vocabulary: createVocabulary(),
  workingDirectory: ROOT,
  seeds: [7],
});
for (const cell of cells) await run(cell);
