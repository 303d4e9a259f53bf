/** One cell of the selftest: run, with a part of the harness switched off or not, and judged. */
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { Observer } from '../../../simulators/kernel/words.ts';
import { loadDescription } from '../../implementation/description.ts';
import { createCase } from '../../judge/index.ts';
import { RULES } from '../../judge/rules/index.ts';
import { runCell } from '../../run/cell-run.ts';
import { notApplicable } from '../../verdict/index.ts';
import { wireOf } from '../cell-job.ts';
import type { PoolAnswer, PoolJob, Sabotaged } from './pool.ts';

/** A tap that finds nothing any more, not even its own canary. */
function blind(event: HistoryEvent, observer: Observer): HistoryEvent {
  if (event.kind !== 'tap.scanned' || event.observer !== observer) return event;
  const { kept: _kept, ...rest } = event;
  return { ...rest, found: [] };
}

function judge(
  events: readonly HistoryEvent[],
  without: readonly string[] = [],
  seen: (event: HistoryEvent) => HistoryEvent = (event) => event,
): CellVerdict {
  const judged = createCase({ without });
  for (const event of events) judged.observe(seen(event));
  return judged.verdict();
}

/** The same history without each tap that had something to look at, and without each rule. */
function judgedWithout(events: readonly HistoryEvent[]): Sabotaged[] {
  const observers = new Set<Observer>();
  for (const event of events) {
    if (event.kind === 'tap.scanned' && event.calibration !== true) observers.add(event.observer);
  }
  const taps = [...observers].map((observer) => {
    const { verdict } = judge(events, [], (event) => blind(event, observer));
    return { what: `the tap of ${observer} is blind`, verdict };
  });
  const rules = Object.keys(RULES).map((rule) => {
    return { what: `rule ${rule} is missing`, verdict: judge(events, [rule]).verdict };
  });
  return [...taps, ...rules];
}

export async function runJob(job: PoolJob): Promise<PoolAnswer> {
  const { cell, implementation, workingDirectory, sabotage } = job;
  const description = cell.worldCheck
    ? undefined
    : loadDescription(implementation, workingDirectory);
  // A variant may claim less than the reference does.
  const outside = description === undefined ? null : notApplicable(cell, description.claims);
  if (outside !== null) return { verdict: outside };
  const wire = wireOf(cell, description);
  const judged = createCase();
  const events: HistoryEvent[] = [];
  const idle = sabotage?.kind === 'fault-does-nothing' ? [sabotage.fault] : [];
  const result = await runCell({
    cell,
    description,
    wire,
    historyFile: undefined,
    folder: wire === 'sockets' ? job.folder : undefined,
    idleFaults: idle,
    readers: [
      (event) => {
        judged.observe(event);
        if (sabotage?.kind === 'judging') events.push(event);
      },
    ],
  });
  if (result.error !== undefined) return { failure: result.error.message };
  if (sabotage?.kind === 'judging') return { sabotaged: judgedWithout(events) };
  return { verdict: judged.verdict() };
}
