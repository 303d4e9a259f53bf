/**
 * Virtual cells on all cores: one after another in this thread, and in others beside it where what
 * is left is worth their start.
 */
import { arrivalCount } from '../plan/arrivals.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { PlayCell } from './cell-job.ts';
import { runAllowedJob } from './repeated-job.ts';
import { openCellThread } from './threads/cell-thread.ts';

/** Roughly, for a cell of the gate, and for each message in some hundreds through the reference. */
const CELL_MS = 20;
const MESSAGE_MS = 0.3;
const ENCRYPTED_MESSAGE_MS = 1;
/** Less than that is done before a thread has loaded its modules and helps. */
const WORTH_MS = 1_000;

function expectedMs({ traffic, world }: Cell): number {
  const messages = traffic.reduce((sum, one) => sum + arrivalCount(one), 0);
  const isEncrypted = world.carriers.some(({ e2ee }) => e2ee);
  return CELL_MS + messages * (isEncrypted ? ENCRYPTED_MESSAGE_MS : MESSAGE_MS);
}

/** How many threads besides this one are worth their start, of at most `width` in all. */
export function threadsFor(cells: readonly Cell[], width: number): number {
  const costs = cells.map(expectedMs);
  // A cell is never divided: what others can take over is all but the dearest one.
  const all = costs.reduce((sum, cost) => sum + cost, 0);
  const shared = all - Math.max(0, ...costs);
  return Math.min(width - 1, Math.floor(shared / WORTH_MS));
}

/**
 * Plays all of them, begun in this order. `threads`: how many besides this one. `play` is given the
 * cell and how it is played; what it throws ends the others once their cells are over.
 */
export async function playVirtual<T>(
  cells: readonly T[],
  threads: number,
  play: (cell: T, how: PlayCell) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (how: PlayCell): Promise<void> => {
    try {
      while (next < cells.length) await play(cells[next++]!, how);
    } catch (error) {
      next = cells.length;
      throw error;
    }
  };
  const others = Array.from({ length: threads }, openCellThread);
  const ends = await Promise.allSettled([
    lane(runAllowedJob),
    ...others.map((other) => lane(other.play)),
  ]);
  await Promise.all(others.map((other) => other.end()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
