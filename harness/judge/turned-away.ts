import type { DoorOutcome } from '../../simulators/kernel/door-words.ts';
import type { Dispatch } from './records.ts';

const TURNED_AWAY: ReadonlySet<DoorOutcome> = new Set([
  'unavailable',
  'throttled',
  'rejected',
  'unauthorized',
  'conflict',
  'refused-connection',
]);

/** Answered so that nothing can have been taken; after a 5xx, or no answer, nobody knows. */
export function turnedAway({ outcome }: Dispatch): boolean {
  return outcome !== null && TURNED_AWAY.has(outcome);
}
