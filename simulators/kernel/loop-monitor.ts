import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MICROS_PER_MILLI } from './clock.ts';

/** How late this process's event loop ran its timers: real time, of wall-clock cells only. */
export interface LoopMonitor {
  /** The worst since the last reset, less what the monitor's own resolution adds; an integer. */
  worstMicros(): number;
  reset(): void;
  /** Ends the watch; it holds no process open meanwhile. */
  stop(): void;
}

const RESOLUTION_MS = 10;

export function createLoopMonitor(): LoopMonitor {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  return {
    // The histogram is in nanoseconds.
    worstMicros: () =>
      Math.max(0, Math.round(monitor.max / 1_000) - RESOLUTION_MS * MICROS_PER_MILLI),
    reset: () => monitor.reset(),
    stop: () => {
      monitor.disable();
    },
  };
}
