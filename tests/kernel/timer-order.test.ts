import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

/** A timer; when it fires it sets others, and may cancel the one of that number. */
interface Plan {
  readonly delay: number;
  readonly sets: readonly number[];
  readonly cancels: number | null;
}

// Both sides of the bound within which timers need no heap, and many at one instant.
const delays = fc.oneof(fc.constantFrom(0, 1, 200, 999, 1_000, 1_001), fc.nat({ max: 2_500 }));
const plans = fc.array(
  fc.record({
    delay: delays,
    sets: fc.array(delays, { maxLength: 3 }),
    cancels: fc.option(fc.nat({ max: 40 })),
  }),
  { maxLength: 40 },
);

/** What fires when, by the definition: the least (time, sequence) that was not cancelled. */
function byDefinition(all: readonly Plan[]): string[] {
  const open = new Map<number, { at: number; plan: Plan | undefined }>();
  let order = 0;
  for (const plan of all) open.set(order++, { at: plan.delay, plan });
  const fired: string[] = [];
  while (open.size > 0) {
    const [number, { at, plan }] = [...open].reduce((a, b) =>
      b[1].at < a[1].at || (b[1].at === a[1].at && b[0] < a[0]) ? b : a,
    );
    open.delete(number);
    fired.push(`${number}@${at}`);
    for (const delay of plan?.sets ?? []) open.set(order++, { at: at + delay, plan: undefined });
    if (plan !== undefined && plan.cancels !== null) open.delete(plan.cancels);
  }
  return fired;
}

async function byClock(all: readonly Plan[]): Promise<string[]> {
  const clock = createVirtualClock();
  const fired: string[] = [];
  const timers: { cancel(): void }[] = [];
  const set = (delay: number, plan: Plan | undefined): void => {
    const number = timers.length;
    const task = (): void => {
      fired.push(`${number}@${clock.now()}`);
      for (const next of plan?.sets ?? []) set(next, undefined);
      if (plan !== undefined && plan.cancels !== null) timers[plan.cancels]?.cancel();
    };
    timers.push(clock.after(delay, task));
  };
  for (const plan of all) set(plan.delay, plan);
  await clock.run(1_000_000);
  expect(clock.pending).toBe(0);
  return fired;
}

describe('timers of virtual time', () => {
  it('fire by time, then in the order in which they were set, near or far', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (all) => {
        expect(await byClock(all)).toEqual(byDefinition(all));
      }),
    );
  });
});
