/** One cell of the selftest: run, seen through what is sabotaged, judged. */
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import { loadDescription } from '../../implementation/description.ts';
import { createCase } from '../../judge/index.ts';
import { runCell } from '../../run/cell-run.ts';
import { wireOf } from '../cell-job.ts';
import type { PoolAnswer, PoolJob, Sabotage } from './pool.ts';

/** What the judge sees when a part of the harness is switched off. */
function seenThrough(sabotage: Sabotage | null, event: HistoryEvent): HistoryEvent | undefined {
  if (sabotage?.kind === 'taps-are-blind' && event.kind === 'tap.scanned') {
    const { kept: _kept, ...rest } = event;
    return { ...rest, found: [] };
  }
  return event;
}

export async function runJob(job: PoolJob): Promise<PoolAnswer> {
  const { cell, implementation, workingDirectory, sabotage } = job;
  const description = cell.worldCheck
    ? undefined
    : loadDescription(implementation, workingDirectory);
  const wire = wireOf(cell, description);
  const without = sabotage?.kind === 'rule-is-missing' ? [sabotage.rule] : [];
  const judged = createCase({ without });
  const result = await runCell({
    cell,
    description,
    wire,
    historyFile: undefined,
    folder: wire === 'sockets' ? job.folder : undefined,
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
