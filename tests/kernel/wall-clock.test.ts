import { describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';

const turn = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the wall clock', () => {
  it('gives whole microseconds that never go back', () => {
    const clock = createWallClock();
    let before = 0;
    for (let look = 0; look < 1_000; look++) {
      const now = clock.now();
      expect(Number.isInteger(now)).toBe(true);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it('counts what is still to run: not daemons, not the cancelled, not the fired', async () => {
    const clock = createWallClock();
    const fired = new Promise<void>((resolve) => {
      clock.after(0, resolve);
    });
    const cancelled = clock.after(60_000_000, () => {});
    clock.after(60_000_000, () => {}, { daemon: true });
    expect(clock.pending).toBe(2);
    cancelled.cancel();
    cancelled.cancel();
    await fired;
    expect(clock.pending).toBe(0);
    clock.stop();
  });

  it('runs nothing any more once it is stopped', async () => {
    const clock = createWallClock();
    let ran = 0;
    clock.after(0, () => ran++);
    clock.after(1_000, () => ran++, { daemon: true });
    clock.stop();
    await turn(20);
    expect(ran).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
