import type { Clock } from './clock.ts';
import { MICROS_PER_MILLI } from './clock.ts';

/** Longest delay that setTimeout takes without wrapping (2^31 - 1 ms). */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export interface WallClock extends Clock {
  /** Cancels every timer that is still waiting. */
  stop(): void;
}

export function createWallClock(): WallClock {
  const beginMs = performance.now();
  const running = new Set<NodeJS.Timeout>();
  let pending = 0;
  return {
    kind: 'wall',
    // A tenth of the cost of hrtime.bigint(), and asked for several times a request.
    now: () => Math.floor((performance.now() - beginMs) * MICROS_PER_MILLI),
    epochMillis: () => Date.now(),
    touch: () => {},
    get pending() {
      return pending;
    },
    after: (delayMicros, task, options) => {
      const daemon = options?.daemon ?? false;
      if (!daemon) pending++;
      const settle = (): void => {
        if (running.delete(handle) && !daemon) pending--;
      };
      const delayMs = Math.min(LONGEST_TIMEOUT_MS, Math.max(0, delayMicros / MICROS_PER_MILLI));
      const handle = setTimeout(() => {
        settle();
        task();
      }, delayMs);
      running.add(handle);
      return {
        cancel: () => {
          clearTimeout(handle);
          settle();
        },
      };
    },
    stop: () => {
      for (const handle of running) clearTimeout(handle);
      running.clear();
      pending = 0;
    },
  };
}
