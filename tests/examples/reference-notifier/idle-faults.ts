/**
 * Plays, for each fault that is named, the first cell of the scenarios in which it is used, or of
 * the scenario after an `@`, with that fault doing nothing, and prints a JSON line for each. A
 * process of its own: gate-cells.ts says why.
 */
import { join } from 'node:path';
import { createVocabulary } from '../../../harness/compose.ts';
import { runJob } from '../../../harness/launch/selftest/job.ts';
import { loadPlan } from '../../../harness/plan/load.ts';

export interface IdleLine {
  readonly word: string;
  readonly cell: string | null;
  readonly verdict: string;
}

const ROOT = join(import.meta.dirname, '../../..');
const implementation = join(ROOT, 'examples/reference-notifier/implementation.yaml');
const { cells } = loadPlan(['scenarios'], {
  vocabulary: createVocabulary(),
  workingDirectory: ROOT,
});

for (const word of process.argv.slice(2)) {
  const [wanted, where] = word.split('@');
  const cell = cells.find(
    ({ scenario, faults }) =>
      (where === undefined || scenario === where) && faults.some(({ fault }) => fault === wanted),
  );
  const name = cell?.faults.find(({ fault }) => fault === wanted)?.name;
  let verdict = 'no scenario';
  if (cell !== undefined && name !== undefined) {
    const sabotage = { kind: 'fault-does-nothing', fault: name } as const;
    const folder = join(ROOT, '.bellwether/idle');
    const answer = await runJob({
      cell,
      implementation,
      workingDirectory: ROOT,
      folder,
      sabotage,
    });
    verdict = answer.verdict?.verdict ?? answer.failure ?? 'nothing';
  }
  const line: IdleLine = { word, cell: cell?.id ?? null, verdict };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
