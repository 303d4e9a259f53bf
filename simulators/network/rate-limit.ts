import { MICROS_PER_SECOND } from '../kernel/clock.ts';

/** How much may pass at once after a pause, in time: a tenth of a second's worth, at least one. */
const BURST_MICROS = 100_000;

export interface RateLimit {
  /** Takes a place at `nowMicros`; false when the rate is exceeded. */
  take(nowMicros: number): boolean;
}

/**
 * A token bucket in the form of the generic cell rate algorithm (ITU-T I.371): one number of state,
 * no timer. A rate of 0 lets nothing pass.
 */
export function createRateLimit(perSecond: number): RateLimit {
  if (perSecond <= 0) return { take: () => false };
  const intervalMicros = MICROS_PER_SECOND / perSecond;
  const toleranceMicros = Math.max(0, BURST_MICROS - intervalMicros);
  let nextMicros = Number.NEGATIVE_INFINITY;
  return {
    take: (nowMicros) => {
      if (nextMicros > nowMicros + toleranceMicros) return false;
      nextMicros = Math.max(nextMicros, nowMicros) + intervalMicros;
      return true;
    },
  };
}
