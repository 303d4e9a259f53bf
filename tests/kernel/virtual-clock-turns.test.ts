import { expect, it } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

const BATCH = 64;
/** Far more than the turns that are taken one by one. */
const MANY = 2_000;

it('lets promises end before time moves when turns come in batches, too', async () => {
  const clock = createVirtualClock();
  const late: number[] = [];
  for (let at = 1; at <= MANY; at++) {
    clock.after(at, () => {
      clock.touch();
      void (async () => {
        for (let step = 0; step < 5; step++) await Promise.resolve();
        await new Promise<void>((resolve) => process.nextTick(resolve));
        if (clock.now() !== at) late.push(at);
      })();
    });
  }
  await clock.run(MANY + 1);
  expect(late).toEqual([]);
});

it('waits for each immediate of somebody else once it has seen one', async () => {
  const clock = createVirtualClock();
  const late: number[] = [];
  for (let at = 1; at <= 2 * MANY; at++) {
    clock.after(at, () => {
      clock.touch();
      if (at <= MANY) return;
      setImmediate(() => {
        if (clock.now() !== at) late.push(at);
      });
    });
  }
  await clock.run(2 * MANY + 1);
  // Only those of the batch in which the first one came are late.
  expect(late.every((at) => at <= MANY + BATCH)).toBe(true);
});

it('keeps the order of timers while most of them are cancelled', async () => {
  const clock = createVirtualClock();
  const ran: number[] = [];
  const expected: number[] = [];
  for (let number = 0; number < MANY; number++) {
    const at = (number * 7_919) % 1_000;
    const timer = clock.after(at, () => ran.push(at * MANY + number));
    if (number % 5 === 0) expected.push(at * MANY + number);
    else timer.cancel();
  }
  expect(clock.pending).toBe(expected.length);
  await clock.run(1_000);
  expect(ran).toEqual(expected.toSorted((a, b) => a - b));
  expect(clock.pending).toBe(0);
});
