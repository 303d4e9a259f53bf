/** The phases of a cell: traffic and faults, time to recover, and the last look. */
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { DEFAULT_POLL_MICROS } from '../implementation/interface.ts';
import type { CellStage } from './cell-stage.ts';
import { readArchive } from './archive-reads.ts';
import { advance, until } from './drive.ts';
import { probeHonesty } from './probe.ts';
import type { ResourceGuard } from './resource-guard.ts';
import { pollMicrosOf } from './start-cell.ts';
import type { Players } from './start-cell.ts';

const PROBE_LIMIT_MICROS = 120 * MICROS_PER_SECOND;
const FINAL_LIMIT_MICROS = 60 * MICROS_PER_SECOND;
/** A machine so busy that nothing is known by then says nothing about the implementation. */
const UNDECIDED_LIMIT_MICROS = 60 * MICROS_PER_SECOND;
/** In wall time: at rest when nothing has moved for so many poll intervals. */
const REST_POLLS = 2;

/** Faults are armed and messages submitted, for as long as the scenario says. */
export async function runMain(
  stage: CellStage,
  { world, implementation, submissions }: Players,
  guard: ResourceGuard,
): Promise<void> {
  const { cell, description, idleFaults, onPhase, probe } = stage.options;
  const { clock, history, random } = stage.ambient;
  const originMicros = clock.now();
  onPhase?.('main', originMicros + cell.durationMicros);
  history.append({ kind: 'phase.began', phase: 'main' });
  const armed = armFaults({
    faults: cell.faults.filter(({ name }) => !(idleFaults ?? []).includes(name)),
    targets: world.targets,
    clock,
    history,
    random: random.fork('faults'),
    originMicros,
  });
  stage.undo.push(() => armed.liftAll());
  if (probe === true) {
    const honesty = probeHonesty({
      ambient: stage.ambient,
      conversation: implementation!.conversation,
      claims: description!.claims,
      isOver: () => stage.stopped() || implementation!.down,
      asksStatus: description!.doc.status?.poll !== undefined,
      told: (id) => submissions.told(id),
      recipient: world.recipientValues(cell.world.people[0]!.id),
    });
    await stage.guarded(honesty, PROBE_LIMIT_MICROS, 'the honesty probe');
  }
  // Traffic counts from here: however long the questions took, it has all of the cell's time.
  const ends = clock.now() + cell.durationMicros;
  submissions.begin();
  await advance(clock, ends, () => stage.stopped() || guard.check());
  guard.verify();
  armed.liftAll();
}

/** Nothing disturbs any more; ends early once nothing is left to happen. */
export async function runHeal(stage: CellStage, players: Players): Promise<void> {
  if (stage.stopped()) return;
  const { cell, onPhase } = stage.options;
  const { clock, history } = stage.ambient;
  const ends = clock.now() + cell.heal.waitMicros;
  onPhase?.('heal', ends);
  history.append({ kind: 'phase.began', phase: 'heal' });
  await advance(clock, ends, () => stage.stopped() || isAtRest(stage, players));
}

/** Quiescence (docs/verdicts.md): nothing of the world or the implementation still moves. */
function isAtRest(stage: CellStage, { world, submissions, lastMoveMicros }: Players): boolean {
  const { clock } = stage.ambient;
  if (submissions.open > 0) return false;
  if (clock.kind === 'virtual') return clock.pending === 0;
  // What an implementation in a process of its own still holds is told by its statuses alone.
  if (submissions.underWay > 0) return false;
  const poll = pollMicrosOf(stage.options.description) ?? DEFAULT_POLL_MICROS;
  const quiet = clock.now() - lastMoveMicros() > REST_POLLS * poll;
  return quiet && world.unfinished().length === 0;
}

/** Every status is read once more, and every ciphertext is given to whoever has its keys. */
export async function runFinal(
  stage: CellStage,
  { world, implementation, submissions, archiveTap }: Players,
): Promise<void> {
  const { clock, history } = stage.ambient;
  stage.options.onPhase?.('final', clock.now());
  history.append({ kind: 'phase.began', phase: 'final' });
  submissions.stopPolling();
  if (implementation === undefined) return;
  await stage.guarded(submissions.readFinal(), FINAL_LIMIT_MICROS, 'the final status reads');
  const { conversation } = implementation;
  const archive = readArchive({ world, history, conversation, submissions, tap: archiveTap });
  await stage.guarded(archive, FINAL_LIMIT_MICROS, 'reading the archive');
  const { undecided } = implementation;
  if (undecided !== undefined) await until(clock, undecided, UNDECIDED_LIMIT_MICROS);
  await stage.guarded(world.identify(), FINAL_LIMIT_MICROS, 'identifying ciphertexts');
}
