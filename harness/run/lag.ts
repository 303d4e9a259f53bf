/**
 * The harness's own slowness in wall time: when our event loop stalls, timing rules of that window
 * are inconclusive, never the implementation's fault.
 */
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { History } from '../../simulators/kernel/history.ts';
import { createLoopMonitor } from '../../simulators/kernel/loop-monitor.ts';

const WINDOW_MICROS = 500_000;
/** Below this a stall is ordinary. */
const REPORTED_MICROS = 100_000;

/** Watches until the returned function is called. In virtual time there is nothing to watch. */
export function watchLag(clock: Clock, history: History): () => void {
  if (clock.kind === 'virtual') return () => {};
  const monitor = createLoopMonitor();
  let stopped = false;
  const tick = (fromMicros: number): void => {
    clock.after(
      WINDOW_MICROS,
      () => {
        if (stopped) return;
        const toMicros = clock.now();
        const loopMicros = monitor.worstMicros();
        const sendMicros = Math.max(0, toMicros - fromMicros - WINDOW_MICROS);
        if (loopMicros > REPORTED_MICROS || sendMicros > REPORTED_MICROS) {
          history.append({ kind: 'harness.lag', fromMicros, toMicros, loopMicros, sendMicros });
        }
        monitor.reset();
        tick(toMicros);
      },
      { daemon: true },
    );
  };
  tick(clock.now());
  return () => {
    stopped = true;
    monitor.stop();
  };
}
