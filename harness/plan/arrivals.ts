import type { TrafficPlan } from '../../simulators/kernel/plan.ts';

/**
 * The instants (µs) at which a traffic intends to submit, in order. Open loop and evenly spaced:
 * what the implementation answers never moves them, so latency counted from here has no
 * coordinated omission.
 */
export function* arrivalsOf(traffic: TrafficPlan): Generator<number> {
  const { arrivals, startMicros, endMicros, repeat } = traffic;
  const span = endMicros - startMicros;
  switch (arrivals.kind) {
    case 'once':
      yield startMicros;
      return;
    case 'burst':
      for (let round = 0; round < Math.max(1, repeat); round++) {
        const at = startMicros + Math.floor((span * round) / Math.max(1, repeat));
        for (let index = 0; index < arrivals.count; index++) yield at;
      }
      return;
    case 'every': {
      const most = repeat > 0 ? repeat : Number.POSITIVE_INFINITY;
      for (let index = 0; index < most; index++) {
        const at = startMicros + index * arrivals.periodMicros;
        if (at >= endMicros) return;
        yield at;
      }
      return;
    }
    case 'rate': {
      const count = Math.floor((span / 1e6) * arrivals.perSecond + 1e-9);
      for (let index = 0; index < Math.max(1, count); index++) {
        yield startMicros + Math.floor((index * 1e6) / arrivals.perSecond);
      }
      return;
    }
    case 'ramp': {
      // The nth arrival is where the integral of the rising rate reaches n.
      const { fromPerSecond: from, toPerSecond: to } = arrivals;
      const seconds = span / 1e6;
      const slope = (to - from) / seconds;
      const total = Math.floor(((from + to) / 2) * seconds);
      for (let n = 0; n < total; n++) {
        // 2n / (from + root) and not (root - from) / slope, which loses every digit on flat ramps.
        const root = Math.sqrt(Math.max(0, from * from + 2 * slope * n));
        const at = n === 0 ? 0 : (2 * n) / (from + root);
        yield startMicros + Math.min(span - 1, Math.floor(at * 1e6));
      }
    }
  }
}

/** How many messages a traffic intends in all, without walking through them. */
export function arrivalCount(traffic: TrafficPlan): number {
  const { arrivals, startMicros, endMicros, repeat } = traffic;
  const span = endMicros - startMicros;
  switch (arrivals.kind) {
    case 'once':
      return 1;
    case 'burst':
      return arrivals.count * Math.max(1, repeat);
    case 'every': {
      const fitting = Math.ceil(span / arrivals.periodMicros);
      return repeat > 0 ? Math.min(repeat, fitting) : fitting;
    }
    case 'rate':
      return Math.max(1, Math.floor((span / 1e6) * arrivals.perSecond + 1e-9));
    case 'ramp':
      return Math.floor(((arrivals.fromPerSecond + arrivals.toPerSecond) / 2) * (span / 1e6));
  }
}

/** How many messages a traffic intends before an instant. */
export function countBefore(traffic: TrafficPlan, untilMicros: number): number {
  let count = 0;
  for (const at of arrivalsOf(traffic)) {
    if (at >= untilMicros) break;
    count++;
  }
  return count;
}
