import { describe, expect, it } from 'vitest';
import { createStatusPolls } from '../../harness/run/status-polls.ts';
import type { Clock } from '../../simulators/kernel/clock.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

const SECOND = 1_000_000;

/** Polls whose answers come at once; when each was asked, in seconds. */
function stage(everyMicros: number | null, kind: Clock['kind'] = 'virtual') {
  const clock = createVirtualClock();
  const asked: string[] = [];
  const polls = createStatusPolls<string>({
    clock: { ...clock, kind },
    everyMicros,
    ask: (one, again) => {
      asked.push(`${one} at ${clock.now() / SECOND}`);
      if (one !== 'settled') again();
    },
  });
  return { clock, asked, polls };
}

describe('status polls', () => {
  it('come ever more rarely, at most every thirty seconds', async () => {
    const { clock, asked, polls } = stage(SECOND);
    polls.watch('a');
    await clock.run(100 * SECOND);
    expect(asked).toEqual([1, 3, 7, 15, 31, 61, 91].map((at) => `a at ${at}`));
  });

  it('that fall due within a twentieth of the interval are one round', async () => {
    const { clock, asked, polls } = stage(SECOND);
    clock.after(10_000, () => polls.watch('b'));
    clock.after(40_000, () => polls.watch('c'));
    clock.after(60_000, () => polls.watch('d'));
    await clock.run(2 * SECOND);
    expect(asked).toEqual(['b at 1.05', 'c at 1.05', 'd at 1.1']);
  });

  it('have an instant of their own in wall time', async () => {
    const { clock, asked, polls } = stage(SECOND, 'wall');
    clock.after(10_000, () => polls.watch('b'));
    clock.after(40_000, () => polls.watch('c'));
    await clock.run(2 * SECOND);
    expect(asked).toEqual(['b at 1.01', 'c at 1.04']);
  });

  it('end for whom nothing more is to be heard of, and for all when they are stopped', async () => {
    const { clock, asked, polls } = stage(SECOND);
    polls.watch('settled');
    polls.watch('a');
    clock.after(5 * SECOND, () => polls.stop());
    await clock.run(60 * SECOND);
    expect(asked).toEqual(['settled at 1', 'a at 1', 'a at 3']);
  });

  it('ask nothing where statuses cannot be asked for', async () => {
    const { clock, asked, polls } = stage(null);
    polls.watch('a');
    await clock.run(60 * SECOND);
    expect(asked).toEqual([]);
  });
});
