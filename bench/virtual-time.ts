/**
 * Virtual time from end to end (submission, implementation in the process, gateway, carrier, phone,
 * receipts, statuses, taps, judging, history on disk), without end-to-end encryption, against a
 * bare loop of as many events. Rounds are paired, in one process, and take turns in who goes first.
 */
import { join } from 'node:path';
import { bareLoop } from './bare-loop.ts';
import { cellOf, descriptionOf, inTemporaryFolder, liveRun } from './live-run.ts';
import { paired } from './paired.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
const REFERENCE_ROUNDS = 3;
const TARGET = 0.4;

async function measure(folder: string): Promise<BenchRow[]> {
  const cell = cellOf('bench/minimal/crowd.yaml');
  const minimal = descriptionOf('bench/minimal/implementation.yaml');
  const reference = descriptionOf('examples/reference-notifier/implementation.yaml');
  const historyFile = join(folder, 'run.ndjson');
  const bareFile = join(folder, 'bare.ndjson');

  const { events } = await liveRun(cell, minimal, historyFile);
  const pairs = await paired(
    { rounds: ROUNDS, warmUp: WARM_UP_ROUNDS },
    () => liveRun(cell, minimal, historyFile),
    () => bareLoop(events, bareFile),
  );

  const referenceRates: number[] = [];
  for (let round = 0; round < 1 + REFERENCE_ROUNDS; round++) {
    const ours = await liveRun(cell, reference, historyFile);
    if (round > 0) referenceRates.push(ours.counted / ours.seconds);
  }
  return [
    {
      name: 'virtual time without encryption, judged, history on disk',
      ...spread(pairs.map(({ ours, theirs }) => theirs / ours.seconds)),
      target: TARGET,
      unit: '× the events a second of a bare loop of heap and JSON',
    },
    {
      name: 'virtual time without encryption, a minimal implementation',
      ...spread(pairs.map(({ ours }) => ours.counted / ours.seconds)),
      target: undefined,
      unit: 'messages a second',
    },
    {
      name: 'virtual time without encryption, the reference notifier',
      ...spread(referenceRates),
      target: undefined,
      unit: 'messages a second',
    },
  ];
}

export function run(): Promise<BenchRow[]> {
  return inTemporaryFolder(measure);
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
