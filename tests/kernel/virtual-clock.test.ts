import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sleep, VIRTUAL_EPOCH_MS } from '../../simulators/kernel/clock.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

describe('the virtual clock', () => {
  it('runs timers in order of time, and of arming within one instant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }),
        async (delays) => {
          const clock = createVirtualClock();
          const ran: { at: number; number: number; now: number }[] = [];
          for (const [number, at] of delays.entries()) {
            clock.after(at, () => ran.push({ at, number, now: clock.now() }));
          }
          await clock.run(100);
          const expected = delays
            .map((at, number) => ({ at, number, now: at }))
            .toSorted((a, b) => a.at - b.at || a.number - b.number);
          expect(ran).toEqual(expected);
        },
      ),
    );
  });

  it('runs a timer armed with no delay in the same instant, after those already due', async () => {
    const clock = createVirtualClock();
    const ran: string[] = [];
    clock.after(5, () => {
      ran.push('first');
      clock.after(0, () => ran.push(`nested at ${clock.now()}`));
    });
    clock.after(5, () => ran.push('second'));
    await clock.run(10);
    expect(ran).toEqual(['first', 'second', 'nested at 5']);
  });

  it('stands at the asked instant when there is nothing left to run', async () => {
    const clock = createVirtualClock();
    await clock.run(1_234_567);
    expect(clock.now()).toBe(1_234_567);
    expect(clock.epochMillis()).toBe(VIRTUAL_EPOCH_MS + 1_234);
  });

  it('leaves timers beyond the asked instant for the next run', async () => {
    const clock = createVirtualClock();
    const ran: number[] = [];
    clock.after(20, () => ran.push(clock.now()));
    await clock.run(19);
    expect(ran).toEqual([]);
    await clock.run(20);
    expect(ran).toEqual([20]);
  });

  it('never runs a cancelled timer, and counts it no more', async () => {
    const clock = createVirtualClock();
    let ran = 0;
    const timer = clock.after(5, () => ran++);
    expect(clock.pending).toBe(1);
    timer.cancel();
    timer.cancel();
    expect(clock.pending).toBe(0);
    await clock.run(10);
    expect(ran).toBe(0);
  });

  it('counts a timer that has fired no more, even when it is cancelled afterwards', async () => {
    const clock = createVirtualClock();
    const timer = clock.after(5, () => {});
    clock.after(50, () => {});
    await clock.run(10);
    timer.cancel();
    expect(clock.pending).toBe(1);
  });

  it('does not count daemon timers as pending, and yet runs them', async () => {
    const clock = createVirtualClock();
    let polls = 0;
    const poll = (): void => {
      polls++;
      clock.after(10, poll, { daemon: true });
    };
    poll();
    expect(clock.pending).toBe(0);
    await clock.run(35);
    expect(polls).toBe(4);
  });

  it('lets a whole chain of promises finish before time moves on, once touched', async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    clock.after(5, () => {
      clock.touch();
      void (async () => {
        for (let step = 0; step < 50; step++) await Promise.resolve();
        seen.push(`promise at ${clock.now()}`);
      })();
    });
    clock.after(6, () => seen.push(`timer at ${clock.now()}`));
    await clock.run(10);
    expect(seen).toEqual(['promise at 5', 'timer at 6']);
  });

  it('takes one more turn for every touch made while it settles', async () => {
    const clock = createVirtualClock();
    const seen: number[] = [];
    const hop = (left: number): void => {
      seen.push(clock.now());
      if (left === 0) return;
      clock.touch();
      setImmediate(() => hop(left - 1));
    };
    clock.after(5, () => hop(5));
    clock.after(6, () => seen.push(clock.now()));
    await clock.run(10);
    expect(seen).toEqual([5, 5, 5, 5, 5, 5, 6]);
  });

  it('stops where it is told to, without moving time on', async () => {
    const clock = createVirtualClock();
    let done = false;
    clock.after(7, () => {
      done = true;
    });
    clock.after(9, () => expect.fail('ran beyond the stop'));
    await clock.run(100, () => done);
    expect(clock.now()).toBe(7);
    expect(clock.pending).toBe(1);
  });

  it('wakes a sleeper at its instant, and its continuation runs at that instant', async () => {
    const clock = createVirtualClock();
    const woke: number[] = [];
    void sleep(clock, 3).then(async () => {
      woke.push(clock.now());
      await sleep(clock, 4);
      woke.push(clock.now());
    });
    await clock.run(100);
    expect(woke).toEqual([3, 7]);
  });

  it('hands an error of a task to whoever runs the clock', async () => {
    const clock = createVirtualClock();
    clock.after(1, () => {
      throw new Error('a defect');
    });
    await expect(clock.run(5)).rejects.toThrow('a defect');
  });
});
