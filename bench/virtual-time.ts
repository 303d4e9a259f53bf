/**
 * Virtual time from end to end (submission, implementation in the process, gateway, carrier, phone,
 * receipts, statuses, taps, judging, history on disk) against a bare loop that only pops a binary
 * heap and writes the very same lines: one JSON text an event, buffered. Rounds are paired, in one
 * process, and take turns in who goes first. Without end-to-end encryption.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVocabulary } from '../harness/compose.ts';
import { loadDescription } from '../harness/implementation/description.ts';
import type { Description } from '../harness/implementation/description.ts';
import { createCase } from '../harness/judge/index.ts';
import { loadPlan } from '../harness/plan/load.ts';
import { runCell } from '../harness/run/cell-run.ts';
import type { HistoryEvent } from '../simulators/kernel/events.ts';
import type { Cell } from '../simulators/kernel/plan.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
const REFERENCE_ROUNDS = 3;
const TARGET = 0.4;
const BUFFER_BYTES = 64 * 1024;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Run {
  readonly events: number;
  readonly messages: number;
  readonly seconds: number;
}

/** One run, judged live, to the verdict. */
async function live(cell: Cell, description: Description, historyFile: string): Promise<Run> {
  const begin = performance.now();
  const judged = createCase();
  let messages = 0;
  const { events } = await runCell({
    cell,
    description,
    wire: 'memory',
    historyFile,
    folder: undefined,
    readers: [
      (event) => {
        judged.observe(event);
        if (event.kind === 'message.intended') messages++;
      },
    ],
  });
  const { verdict } = judged.verdict();
  const seconds = (performance.now() - begin) / 1_000;
  if (verdict !== 'pass') throw new Error(`the verdict is ${verdict}`);
  return { events, messages, seconds };
}

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly event: HistoryEvent;
}

function before(a: Pending, b: Pending): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Pending[], entry: Pending): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const other = heap[parent]!;
    if (!before(entry, other)) break;
    heap[index] = other;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Pending[]): Pending | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return top;
}

/** So many events wait at once, as in a run of this size. */
const PENDING = 10_000;

/** Nothing but the heap, the JSON text and the file; seconds. */
function bareLoop(events: readonly HistoryEvent[], file: string): number {
  const begin = performance.now();
  const out = openSync(file, 'w');
  const heap: Pending[] = [];
  let order = 0;
  let buffer = '';
  for (; order < Math.min(PENDING, events.length); order++) {
    const event = events[order]!;
    push(heap, { at: event.t, order, event });
  }
  for (let next = pop(heap); next !== undefined; next = pop(heap)) {
    if (order < events.length) {
      const event = events[order]!;
      push(heap, { at: event.t, order, event });
      order++;
    }
    buffer += `${JSON.stringify(next.event)}\n`;
    if (buffer.length >= BUFFER_BYTES) {
      writeSync(out, buffer);
      buffer = '';
    }
  }
  writeSync(out, buffer);
  closeSync(out);
  return (performance.now() - begin) / 1_000;
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(folder: string): Promise<BenchRow[]> {
  const options = { vocabulary: createVocabulary(), workingDirectory: ROOT };
  const [cell] = loadPlan([join(ROOT, 'bench/minimal/crowd.yaml')], options).cells;
  if (cell === undefined) throw new Error('no cell');
  const minimal = loadDescription(join(ROOT, 'bench/minimal/implementation.yaml'), ROOT);
  const file = join(folder, 'run.ndjson');
  await live(cell, minimal, file);
  const events = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryEvent);
  const bareFile = join(folder, 'bare.ndjson');

  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    let bare = round % 2 === 0 ? bareLoop(events, bareFile) : 0;
    const ours = await live(cell, minimal, file);
    if (bare === 0) bare = bareLoop(events, bareFile);
    if (round < WARM_UP_ROUNDS) continue;
    ratios.push(bare / events.length / (ours.seconds / ours.events));
    rates.push(ours.messages / ours.seconds);
  }

  const reference = loadDescription(
    join(ROOT, 'examples/reference-notifier/implementation.yaml'),
    ROOT,
  );
  const referenceRates: number[] = [];
  for (let round = 0; round < REFERENCE_ROUNDS; round++) {
    const ours = await live(cell, reference, file);
    referenceRates.push(ours.messages / ours.seconds);
  }
  return [
    {
      name: 'virtual time without encryption, judged, history on disk',
      ...spread(ratios),
      target: TARGET,
      unit: '× the events a second of a bare heap-and-JSON loop',
    },
    {
      name: 'the same, a minimal implementation',
      ...spread(rates),
      target: undefined,
      unit: 'messages a second',
    },
    {
      name: 'the same, the reference notifier',
      ...spread(referenceRates),
      target: undefined,
      unit: 'messages a second',
    },
  ];
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
