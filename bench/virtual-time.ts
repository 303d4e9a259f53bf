/**
 * Virtual time from end to end, judged, with the history on disk, and without end-to-end
 * encryption: what people write to each other, where the world does everything; and what an
 * implementation sends (submission, implementation in the process, gateway, carrier, phone,
 * receipts, statuses, taps). Against a bare loop of as many events. Rounds are paired, in one
 * process, and take turns in who goes first.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Description } from '../harness/implementation/description.ts';
import { run as runScenarios } from '../harness/index.ts';
import type { Cell } from '../simulators/kernel/plan.ts';
import { bareLoop } from './bare-loop.ts';
import type { LiveRun } from './live-run.ts';
import { ROOT, cellOf, descriptionOf, inTemporaryFolder, liveRun } from './live-run.ts';
import { paired } from './paired.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

/** By then the compiler has done what it does: the tenth round takes half as long as the first. */
const WARM_UP_ROUNDS = 10;
const ROUNDS = 9;
const REFERENCE_ROUNDS = 3;
const WHOLE_RUNS = 3;
/** So that the threads’ compilers come to something, too. */
const CELLS_A_CORE = 8;
const TARGET = 0.4;

interface Files {
  readonly historyFile: string;
  readonly bareFile: string;
}

async function compare(
  of: string,
  cell: Cell,
  description: Description | undefined,
  { historyFile, bareFile }: Files,
): Promise<BenchRow[]> {
  const { events } = await liveRun(cell, description, historyFile);
  const pairs = await paired(
    { rounds: ROUNDS, warmUp: WARM_UP_ROUNDS },
    () => liveRun(cell, description, historyFile),
    () => bareLoop(events, bareFile),
  );
  return [
    {
      name: `virtual time without encryption, ${of}`,
      ...spread(pairs.map(({ ours, theirs }) => theirs / ours.seconds)),
      target: TARGET,
      unit: '× the events a second of a bare loop of heap and JSON',
    },
    {
      name: `virtual time without encryption, ${of}`,
      ...spread(pairs.map(({ ours }) => ours.counted / ours.seconds)),
      target: undefined,
      unit: 'messages a second',
    },
  ];
}

/** Many cells as `bellwether run` plays them: on all cores, in threads that begin cold. */
async function wholeRun(cores: number, folder: string): Promise<LiveRun> {
  const begin = performance.now();
  const { verdict, cells } = await runScenarios({
    scenarios: [join(ROOT, 'bench/minimal/crowd.yaml')],
    implementation: join(ROOT, 'bench/minimal/implementation.yaml'),
    seeds: Array.from({ length: CELLS_A_CORE * cores }, (_, number) => number + 1),
    workingDirectory: ROOT,
    folder,
    probe: false,
    jobs: cores,
  });
  const seconds = (performance.now() - begin) / 1_000;
  if (verdict !== 'pass') throw new Error(`the verdict of the run is ${verdict}`);
  const sum = (of: (counts: (typeof cells)[number]['verdict']['counts']) => number): number =>
    cells.reduce((all, cell) => all + of(cell.verdict.counts), 0);
  return {
    events: sum(({ events }) => events),
    counted: sum(({ messages }) => messages),
    seconds,
  };
}

async function onAllCores(folder: string, bareFile: string): Promise<BenchRow[]> {
  const cores = availableParallelism();
  const { events } = await wholeRun(cores, folder);
  const pairs = await paired(
    { rounds: WHOLE_RUNS, warmUp: 0 },
    () => wholeRun(cores, folder),
    () => bareLoop(events, bareFile),
  );
  const name = `a run of ${CELLS_A_CORE * cores} such cells on ${cores} cores, cold threads`;
  return [
    {
      name,
      ...spread(pairs.map(({ ours, theirs }) => theirs / ours.seconds)),
      target: undefined,
      unit: '× the events a second of a bare loop of heap and JSON on one core',
    },
    {
      name,
      ...spread(pairs.map(({ ours }) => ours.counted / ours.seconds)),
      target: undefined,
      unit: 'messages a second',
    },
  ];
}

async function measure(folder: string): Promise<BenchRow[]> {
  const files: Files = {
    historyFile: join(folder, 'run.ndjson'),
    bareFile: join(folder, 'bare.ndjson'),
  };
  const people = cellOf('bench/minimal/people.yaml');
  const crowd = cellOf('bench/minimal/crowd.yaml');
  const minimal = descriptionOf('bench/minimal/implementation.yaml');
  const reference = descriptionOf('examples/reference-notifier/implementation.yaml');
  const rows = [
    ...(await compare('between people', people, undefined, files)),
    ...(await compare('through a minimal implementation', crowd, minimal, files)),
    ...(await onAllCores(join(folder, 'runs'), files.bareFile)),
  ];

  const referenceRates: number[] = [];
  for (let round = 0; round < 1 + REFERENCE_ROUNDS; round++) {
    const ours = await liveRun(crowd, reference, files.historyFile);
    if (round > 0) referenceRates.push(ours.counted / ours.seconds);
  }
  rows.push({
    name: 'virtual time without encryption, the reference notifier',
    ...spread(referenceRates),
    target: undefined,
    unit: 'messages a second',
  });
  return rows;
}

export function run(): Promise<BenchRow[]> {
  return inTemporaryFolder(measure);
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
