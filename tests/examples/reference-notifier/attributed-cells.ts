/**
 * Runs cells against two notifiers that differ in one thing: one names the message in every id that
 * it gives away, the other makes all of them up. Same seed, same history but for the ids; so the
 * first one tells the truth about whose each transmission of the second is. A JSON line per cell.
 * Arguments: ids of further variants that both are changed by.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createVocabulary } from '../../../harness/compose.ts';
import { loadDescription } from '../../../harness/implementation/description.ts';
import type { Description } from '../../../harness/implementation/description.ts';
import { Fold } from '../../../harness/judge/fold.ts';
import { createView } from '../../../harness/judge/view.ts';
import type { CaseView } from '../../../harness/judge/view.ts';
import { applyVariant, loadVariants } from '../../../harness/launch/selftest/variant.ts';
import type { Variant } from '../../../harness/launch/selftest/variant.ts';
import { loadPlan } from '../../../harness/plan/load.ts';
import { runCell } from '../../../harness/run/cell-run.ts';
import type { EventOf, HistoryEvent } from '../../../simulators/kernel/events.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';

export interface AttributedCell {
  readonly cell: string;
  readonly dispatches: number;
  /** Did both send at the same times on the same channels? */
  readonly alike: boolean;
  /** `seq channel: taken for …, is …` */
  readonly wrong: readonly string[];
  /** `channel outcome` of what was left to nobody. */
  readonly unattributed: readonly string[];
}

const ROOT = join(import.meta.dirname, '../../..');
const REFERENCE = join(ROOT, 'examples/reference-notifier');
const scratch = join(ROOT, '.bellwether', `attribution-${process.pid}`);

/** The opaque ids of the healthy variant, with the message's own id in front of each. */
function transparent(opaque: Variant): Variant {
  const edits = opaque.edits
    .filter(({ file }) => !/link|messages-api/.test(file))
    .map((edit) => ({
      ...edit,
      replace: edit.replace.replace(
        /(= (?:used .*\? )?)((?:deps\.)?uuid\(\))/,
        '$1`${message.id}~${$2.slice(0, 4)}`',
      ),
    }));
  return { ...opaque, id: 'transparent', edits };
}

function build(variant: Variant, extra: readonly Variant[]): Description {
  const folder = join(scratch, variant.id);
  const edits = [...variant.edits, ...extra.flatMap((one) => one.edits)];
  applyVariant(REFERENCE, { ...variant, edits }, folder);
  return loadDescription(join(folder, 'implementation.yaml'), ROOT);
}

interface Run {
  readonly events: readonly HistoryEvent[];
  readonly view: CaseView;
}

async function run(cell: Cell, description: Description): Promise<Run> {
  const events: HistoryEvent[] = [];
  const { error } = await runCell({
    cell,
    description,
    wire: 'memory',
    historyFile: undefined,
    folder: undefined,
    readers: [(event) => void events.push(event)],
  });
  if (error !== undefined) throw error;
  const [started, ...rest] = events;
  const fold = new Fold(started as EventOf<'run.started'>);
  for (const event of rest) fold.observe(event);
  return { events, view: createView(fold) };
}

const sends = ({ events }: Run): EventOf<'door.request'>[] =>
  events.filter(
    (event) => event.kind === 'door.request' && event.operation === 'send',
  ) as EventOf<'door.request'>[];

/** seq of each dispatch → the planned message that its ids name. */
function truthOf(told: Run): Map<number, string> {
  const planned = new Map<string, string>();
  for (const event of told.events) {
    if (event.kind === 'message.answered' && event.id !== undefined) {
      planned.set(event.id, event.message);
    }
  }
  const truth = new Map<number, string>();
  for (const { seq, message, echoed, wire } of sends(told)) {
    const named = (echoed ?? wire ?? '').replace(/^\w+:/, '').replace(/~.*$/, '');
    const found = message ?? planned.get(named);
    if (found !== undefined) truth.set(seq, found);
  }
  return truth;
}

function compare(cell: Cell, told: Run, opaque: Run): AttributedCell {
  const truth = truthOf(told);
  const shape = (one: Run): string =>
    sends(one)
      .map(({ seq, t, channel }) => `${seq} ${t} ${channel}`)
      .join();
  const wrong: string[] = [];
  const unattributed: string[] = [];
  let dispatches = 0;
  for (const transmission of opaque.view.transmissions) {
    const found = opaque.view.messageOf(transmission)?.id;
    for (const { seq, channel, outcome } of transmission.dispatches) {
      dispatches++;
      const real = truth.get(seq);
      if (found === undefined) unattributed.push(`${channel} ${outcome}`);
      else if (found !== real) wrong.push(`${seq} ${channel}: taken for ${found}, is ${real}`);
    }
  }
  return { cell: cell.id, dispatches, alike: shape(told) === shape(opaque), wrong, unattributed };
}

try {
  const variants = loadVariants(REFERENCE);
  const opaque = variants.find(({ id }) => id === 'opaque-everything')!;
  const extra = variants.filter(({ id }) => process.argv.slice(2).includes(id));
  const told = build(transparent(opaque), extra);
  const untold = build(opaque, extra);
  const { cells } = loadPlan(['scenarios/gate'], {
    vocabulary: createVocabulary(),
    workingDirectory: ROOT,
    seeds: [5],
  });
  for (const cell of cells.filter(({ worldCheck }) => !worldCheck)) {
    const line = compare(cell, await run(cell, told), await run(cell, untold));
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
