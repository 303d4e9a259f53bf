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

  it('runs a timer never early, and those of one millisecond in their order', async () => {
    const clock = createWallClock();
    const early: number[] = [];
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      for (let micros = 100; micros < 12_000; micros += 370) {
        const due = clock.now() + micros;
        clock.after(micros, () => {
          if (clock.now() < due) early.push(micros);
        });
      }
      clock.after(3_000, () => order.push('first'));
      clock.after(3_000, () => order.push('second'));
      clock.after(1_000, () => order.push('before them'));
      clock.after(20_000, resolve);
    });
    expect(early).toEqual([]);
    expect(order).toEqual(['before them', 'first', 'second']);
    expect(clock.pending).toBe(0);
  });

  it('keeps its order and its timers whatever is cancelled or set meanwhile', async () => {
    const clock = createWallClock();
    const ran: number[] = [];
    const timers = Array.from({ length: 300 }, (_, at) =>
      clock.after(((at * 7_919) % 97) * 100, () => ran.push(at)),
    );
    for (const [at, timer] of timers.entries()) if (at % 3 === 0) timer.cancel();
    const latest: string[] = [];
    const cancelledInTime = clock.after(2_000, () => latest.push('cancelled'));
    clock.after(1_000, () => {
      cancelledInTime.cancel();
      clock.after(0, () => latest.push('set by a timer'));
    });
    await new Promise<void>((resolve) => {
      clock.after(15_000, () => clock.after(0, resolve));
    });
    expect(ran.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, at) => at).filter((at) => at % 3 !== 0),
    );
    expect(latest).toEqual(['set by a timer']);
    expect(clock.pending).toBe(0);
  });

  it('cancels in the very instant, from the instant itself', async () => {
    const clock = createWallClock();
    let ran = 0;
    let second: { cancel(): void } | undefined;
    clock.after(0, () => second?.cancel());
    second = clock.after(0, () => ran++);
    await turn(10);
    expect(ran).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('runs nothing more of an instant in which it is stopped', async () => {
    const clock = createWallClock();
    let ran = 0;
    clock.after(0, () => clock.stop());
    clock.after(0, () => ran++);
    await turn(10);
    expect(ran).toBe(0);
  });

  it('runs what an instant adds to itself after what it had', async () => {
    const clock = createWallClock();
    const ran: string[] = [];
    const done = new Promise<void>((resolve) => {
      clock.after(0, () => {
        ran.push('first');
        clock.after(0, () => {
          ran.push('added');
          resolve();
        });
      });
    });
    clock.after(0, () => ran.push('second')).cancel();
    clock.after(0, () => ran.push('third'));
    await done;
    expect(ran).toEqual(['first', 'third', 'added']);
    expect(clock.pending).toBe(0);
  });

  it('runs the others of a millisecond when most are cancelled, from within, too', async () => {
    const clock = createWallClock();
    const ran: number[] = [];
    const timers = Array.from({ length: 400 }, (_, nth) =>
      clock.after(5_000, () => {
        ran.push(nth);
        // Those that are still to come in this millisecond, but for every hundredth.
        for (let next = nth + 1; next < 400; next++) if (next % 100 > 0) timers[next]!.cancel();
      }),
    );
    for (let nth = 0; nth < 300; nth++) if (nth % 100 > 0) timers[nth]!.cancel();
    expect(clock.pending).toBe(103);
    await turn(30);
    expect(ran).toEqual([0, 100, 200, 300]);
    expect(clock.pending).toBe(0);
  });

  it('counts nothing when a timer is cancelled that it stopped, or that has run', async () => {
    const clock = createWallClock();
    const ran = clock.after(0, () => {});
    const stopped = [clock.after(1_000_000, () => {}), clock.after(0, () => {})];
    await turn(5);
    clock.stop();
    for (const timer of [ran, ...stopped]) timer.cancel();
    expect(clock.pending).toBe(0);
    clock.after(1_000_000, () => {});
    expect(clock.pending).toBe(1);
    clock.stop();
  });

  it('runs what comes after a task that threw', async () => {
    const clock = createWallClock();
    const thrown: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => thrown.push(error));
    const ran: string[] = [];
    clock.after(3_000, () => {
      throw new Error('of a task');
    });
    clock.after(3_000, () => ran.push('beside it'));
    await turn(30);
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(thrown).toHaveLength(1);
    expect(ran).toEqual(['beside it']);
    clock.stop();
  });
});
