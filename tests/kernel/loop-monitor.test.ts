import { expect, it } from 'vitest';
import { createLoopMonitor } from '../../simulators/kernel/loop-monitor.ts';

const STALL_MS = 250;

/** Keeps the event loop busy, as a long computation does. */
function stall(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
}
const turn = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

it('tells the worst stall of the loop since it was asked to forget', async () => {
  const monitor = createLoopMonitor();
  await turn(50);
  stall();
  await turn(50);
  // Two thirds: the stall began between two looks of the monitor.
  expect(monitor.worstMicros()).toBeGreaterThan((STALL_MS * 1_000 * 2) / 3);
  monitor.reset();
  expect(monitor.worstMicros()).toBe(0);
  monitor.stop();
});
