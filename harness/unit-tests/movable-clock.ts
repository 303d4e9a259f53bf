import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_MILLI } from '../../simulators/kernel/clock.ts';
import type { VirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';

export interface MovableClock {
  readonly clock: Clock;
  /** The same, where time is virtual. */
  readonly virtual: VirtualClock | undefined;
  /** The machine's time; the clock itself where that is not virtual. */
  readonly wall: Clock;
  readonly stop: () => void;
}

/**
 * Real time, or virtual time whose dates begin at `from` (default: now). Code under test signs its
 * tokens by the machine's date, so the world's cannot begin in some other year.
 */
export function movableClock(
  virtual: { readonly from: Date | undefined } | undefined,
): MovableClock {
  const wall = createWallClock();
  const stop = (): void => wall.stop();
  if (virtual === undefined) return { clock: wall, virtual: undefined, wall, stop };
  const began = virtual.from?.getTime() ?? wall.epochMillis();
  const inner = createVirtualClock();
  const clock: VirtualClock = {
    kind: 'virtual',
    now: () => inner.now(),
    epochMillis: () => began + Math.floor(inner.now() / MICROS_PER_MILLI),
    after: (delayMicros, task, options) => inner.after(delayMicros, task, options),
    touch: () => inner.touch(),
    get pending() {
      return inner.pending;
    },
    run: (untilMicros, stop) => inner.run(untilMicros, stop),
    settle: () => inner.settle(),
  };
  return { clock, virtual: clock, wall, stop };
}
