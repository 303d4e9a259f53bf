/** One thread of the pool: runs a cell in virtual time and answers its verdict. */
import { parentPort } from 'node:worker_threads';
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import { loadDescription } from '../../implementation/description.ts';
import { createCase } from '../../judge/index.ts';
import { runCell } from '../../run/cell-run.ts';
import type { PoolAnswer, PoolJob, Sabotage } from './pool.ts';

/** What the judge sees when a part of the harness is switched off. */
function seenThrough(sabotage: Sabotage | null, event: HistoryEvent): HistoryEvent | undefined {
  if (sabotage?.kind === 'taps-are-blind' && event.kind === 'tap.scanned') {
    const { kept: _kept, ...rest } = event;
    return { ...rest, found: [] };
  }
  return event;
}

async function run({ cell, implementation, workingDirectory, sabotage }: PoolJob): Promise<PoolAnswer> {
  const without = sabotage?.kind === 'rule-is-missing' ? [sabotage.rule] : [];
  const judged = createCase({ without });
  const result = await runCell({
    cell,
    description: cell.worldCheck ? undefined : loadDescription(implementation, workingDirectory),
    wire: 'memory',
    historyFile: undefined,
    folder: undefined,
    idleFaults: sabotage?.kind === 'faults-do-nothing',
    readers: [
      (event) => {
        const seen = seenThrough(sabotage, event);
        if (seen !== undefined) judged.observe(seen);
      },
    ],
  });
  if (result.error !== undefined) return { failure: result.error.message };
  return { verdict: judged.verdict() };
}

parentPort!.on('message', (job: PoolJob) => {
  run(job).then(
    (answer) => parentPort!.postMessage(answer),
    (error: unknown) => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parentPort!.postMessage({ failure } satisfies PoolAnswer);
    },
  );
});
