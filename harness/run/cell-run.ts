/** The only loop: one cell from an empty world to a closed history. */
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { Description } from '../implementation/description.ts';
import { DEFAULT_READY_MICROS } from '../implementation/readiness.ts';
import type { CellRun, CellRunOptions } from './cell-options.ts';
import { createStage } from './cell-stage.ts';
import type { CellStage } from './cell-stage.ts';
import { advance, until } from './drive.ts';
import { withCell } from './harness-error.ts';
import { runFinal, runHeal, runMain } from './phases.ts';
import { unusableTemplate } from './probe.ts';
import { createResourceGuard } from './resource-guard.ts';
import type { ResourceGuard } from './resource-guard.ts';
import { loadAll } from './loaded.ts';
import type { Loaded } from './loaded.ts';
import { startCell } from './start-cell.ts';

/** Without what the description allows for getting ready. */
const START_LIMIT_MICROS = 120 * MICROS_PER_SECOND;
const STOP_LIMIT_MICROS = 60 * MICROS_PER_SECOND;

/**
 * Not to get ready in time is the implementation's failure and judged; a start that takes longer
 * than that is the harness's.
 */
function startLimitMicros(description: Description | undefined): number {
  const { ready, command = [] } = description?.doc.start ?? {};
  const steps = command.map((one) => (typeof one === 'object' && 'ready' in one ? one.ready : {}));
  const waits = [ready, ...steps].map((one) => one?.within ?? DEFAULT_READY_MICROS);
  return waits.reduce((sum, wait) => sum + wait, START_LIMIT_MICROS);
}

/** What a program holds against doors that are new now has to be over: it cannot be told so. */
async function settle({
  ambient: { clock },
  options: { told },
  stopped,
}: CellStage): Promise<void> {
  if (told !== undefined) await advance(clock, clock.now() + told.settleMicros, stopped);
}

async function play(stage: CellStage, loaded: Loaded, guard: ResourceGuard): Promise<void> {
  const starting = startCell(stage, loaded);
  stage.starting = starting;
  await stage.guarded(starting, startLimitMicros(stage.options.description), 'starting');
  const players = await starting;
  stage.starting = undefined;
  // What never got ready is judged by that alone; nobody waits for messages it cannot take.
  if (players.implementation?.down !== true) {
    await settle(stage);
    await runMain(stage, players, guard);
    const { refusal } = players.submissions;
    if (stage.options.provesTemplate === true && refusal !== undefined) {
      throw unusableTemplate('every message', refusal);
    }
    await runHeal(stage, players);
  }
  await runFinal(stage, players);
}

/** Stops whatever had been started, as far as it got. */
async function tearDown(stage: CellStage): Promise<void> {
  const ending = async (): Promise<void> => {
    stage.submissions?.stopPolling();
    await stage.implementation?.stop();
    stage.implementation?.scanEvidence();
    await stage.world?.stop();
  };
  const { starting, ambient } = stage;
  try {
    if (starting !== undefined) {
      await until(ambient.clock, Promise.allSettled([starting]), STOP_LIMIT_MICROS);
    }
    await until(ambient.clock, ending(), STOP_LIMIT_MICROS);
  } catch (error) {
    stage.fail(error);
  }
}

function unfinishedOf({ world, submissions }: CellStage): readonly string[] {
  const open = submissions?.open ?? 0;
  const unfinished = [...(world?.unfinished() ?? [])];
  if (open > 0) unfinished.push(`${open} submissions`);
  return unfinished.slice(0, 20);
}

/**
 * Runs one cell to its end and closes its history. Errors of the author (bad template, impossible
 * target) are thrown; failures of the harness come back as `error`; findings are in the history.
 */
export async function runCell(options: CellRunOptions): Promise<CellRun> {
  const { cell, description, signal, wire } = options;
  const loaded = await loadAll(options);
  // Counts before the module is created: what it opens there is found too.
  const guard = createResourceGuard(wire, description);
  const stage = await createStage(options);
  const { clock, history } = stage.ambient;
  let outcome: 'completed' | 'stopped' | 'harness-error' = 'completed';
  try {
    await play(stage, loaded, guard);
    if (signal?.aborted === true) outcome = 'stopped';
  } catch (error) {
    stage.fail(error);
  }
  if (stage.failed !== undefined) outcome = 'harness-error';
  await tearDown(stage);
  const { failed } = stage;
  history.append({
    kind: 'cell.ended',
    outcome,
    ...(failed === undefined ? {} : { why: failed.message }),
    unfinished: unfinishedOf(stage),
  });
  history.close();
  for (const undo of stage.undo.reverse()) await undo();
  const facts = { lastedMicros: clock.now(), events: history.length };
  if (failed === undefined) return facts;
  if (failed.blame === 'author') throw failed;
  return { ...facts, error: withCell(failed, cell) };
}
