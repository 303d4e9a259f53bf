/** Asks again what was put off, as a caller would: busy for a moment is not a fault. */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';

/** All waiting of one probe together; with every answer that it may wait for it ends in time. */
const PATIENCE_MICROS = 45 * MICROS_PER_SECOND;
/** The first wait; each is twice as long as the one before, and never shorter than asked for. */
const FIRST_WAIT_MICROS = MICROS_PER_SECOND;

export interface Patience {
  /** The first answer that was not put off; else the last one, once patience is at its end. */
  answer<T>(ask: () => Promise<T>, isPutOff: (answer: T) => boolean): Promise<T>;
}

/** `Retry-After`, where an answer has it. */
function askedFor(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null || !('retryAfterMicros' in answer)) return 0;
  return Number(answer.retryAfterMicros);
}

/** `isOver`: nobody will answer any more, so that no waiting helps. */
export function createPatience(clock: Clock, isOver: () => boolean): Patience {
  const ends = clock.now() + PATIENCE_MICROS;
  return {
    answer: async (ask, isPutOff) => {
      for (let wait = FIRST_WAIT_MICROS; ; wait *= 2) {
        const answer = await ask();
        if (!isPutOff(answer)) return answer;
        const pause = Math.max(wait, askedFor(answer));
        if (isOver() || clock.now() + pause > ends) return answer;
        await sleep(clock, pause);
      }
    },
  };
}
