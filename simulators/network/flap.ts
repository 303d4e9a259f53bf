import type { Clock, Timer } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Lift, Verb } from '../kernel/target.ts';

const USUAL_MICROS = 5 * MICROS_PER_SECOND;

function micros(value: unknown): number {
  return Math.max(1, typeof value === 'number' ? value : USUAL_MICROS);
}

/** An outage that comes and goes, beginning with it. */
export function flapping(clock: Clock, outage: Verb): Verb {
  return (call) => {
    const down = micros(call.params['down']);
    const up = micros(call.params['up']);
    let lift: Lift | undefined;
    let timer: Timer;
    const swing = (): void => {
      if (lift === undefined) lift = outage(call);
      else {
        lift();
        lift = undefined;
      }
      timer = clock.after(lift === undefined ? up : down, swing, { daemon: true });
    };
    swing();
    return () => {
      timer.cancel();
      lift?.();
    };
  };
}
