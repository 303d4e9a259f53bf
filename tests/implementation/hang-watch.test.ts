import { describe, expect, it } from 'vitest';
import { createHangWatch } from '../../harness/implementation/hang-watch.ts';
import type { Conversation, SubmitResult } from '../../harness/implementation/interface.ts';
import { sleep } from '../../simulators/kernel/clock.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { submitted } from './asking.ts';

const SECOND = 1_000_000;
const LIMIT = 10 * SECOND;
const SENT = {
  message: { id: 'm', text: 't', kind: 'k', sensitivity: 'low', locale: 'en' },
  recipient: {},
} as const;

/** An implementation that takes so long for a message, and for being asked whether it is there. */
function stage(takes: () => number, there: () => number = takes) {
  const clock = createVirtualClock();
  const hung: number[] = [];
  const asked: number[] = [];
  const waits = async (micros: number, limit: number): Promise<boolean> => {
    await sleep(clock, Math.min(micros, limit), { daemon: true });
    return micros < limit;
  };
  const submit = async (): Promise<SubmitResult> => {
    const answered = await waits(takes(), LIMIT);
    return answered
      ? { outcome: 'accepted', status: '202', id: 'i', body: '' }
      : { outcome: 'no-answer', definite: false, status: 'ETIMEDOUT', body: '' };
  };
  const watch = createHangWatch({
    clock,
    isThere: () => {
      asked.push(clock.now() / SECOND);
      return waits(there(), 2.5 * SECOND);
    },
    hung: () => hung.push(clock.now() / SECOND),
  });
  const conversation = watch.over({
    submit: (_submission: unknown, told: (result: SubmitResult) => void) =>
      void submit().then(told),
  } as unknown as Conversation);
  /** One message now, and time until then. */
  const send = async (untilSeconds: number): Promise<void> => {
    clock.touch();
    void submitted(conversation, SENT);
    await clock.run(untilSeconds * SECOND);
  };
  return { clock, watch, hung, asked, send };
}

const NEVER = Number.POSITIVE_INFINITY;

describe('an implementation that lives', () => {
  it('hangs when it answers nothing for fifteen seconds, and is told once', async () => {
    const { hung, asked, send } = stage(() => NEVER);
    await send(14.9);
    expect(hung).toEqual([]);
    expect(asked).toEqual([5, 7.5, 10, 12.5]);
    await send(15.1);
    expect(hung).toEqual([15]);
    await send(15.2);
    expect(hung).toEqual([15]);
  });

  it('does not hang when only one thing takes for ever', async () => {
    const { hung, asked, send } = stage(
      () => NEVER,
      () => 1_000,
    );
    await send(60);
    expect(asked).toEqual([5]);
    expect(hung).toEqual([]);
  });

  it('does not hang when it comes back, however late', async () => {
    let takes = 9 * SECOND;
    const { hung, send } = stage(
      () => takes,
      () => NEVER,
    );
    await send(30);
    takes = 100;
    await send(60);
    expect(hung).toEqual([]);
  });

  it('is asked nothing while it answers in time', async () => {
    const { asked, send } = stage(() => 4.9 * SECOND);
    await send(20);
    await send(40);
    expect(asked).toEqual([]);
  });

  it('need not answer while it is stopped, and has all the time anew after it', async () => {
    const { hung, send, watch } = stage(() => NEVER);
    await send(12);
    watch.suspend();
    await send(100);
    watch.resume();
    await send(110);
    expect(hung).toEqual([]);
    await send(116);
    expect(hung).toEqual([115]);
  });

  it('owes no answer to what it was asked before it was stopped', async () => {
    const { hung, send, watch } = stage(() => NEVER);
    await send(3);
    watch.suspend();
    watch.resume();
    await send(17.9);
    expect(hung).toEqual([]);
    await send(18.1);
    expect(hung).toEqual([18]);
  });
});

describe('whoever ends a cell', () => {
  it('learns when it is known that nothing answers any more', async () => {
    const { clock, hung, send, watch } = stage(() => NEVER);
    expect(watch.undecided).toBeUndefined();
    await send(1);
    let decidedAt: number | undefined;
    void watch.undecided?.then(() => {
      decidedAt = clock.now() / SECOND;
    });
    await clock.run(16 * SECOND);
    expect({ hung, decidedAt }).toEqual({ hung: [15], decidedAt: 15 });
    expect(watch.undecided).toBeUndefined();
  });

  it('waits for an answer that is under way, and for nothing once it has come', async () => {
    const { clock, send, watch } = stage(() => 4 * SECOND);
    await send(1);
    let isDecided = false;
    void watch.undecided?.then(() => {
      isDecided = true;
    });
    await clock.run(3.9 * SECOND);
    expect(isDecided).toBe(false);
    await clock.run(4.1 * SECOND);
    expect(isDecided).toBe(true);
    expect(watch.undecided).toBeUndefined();
  });

  it('waits for none that is not owed any more', async () => {
    const { send, watch } = stage(() => NEVER);
    await send(1);
    const { undecided } = watch;
    watch.suspend();
    await expect(undecided).resolves.toBeUndefined();
  });
});

describe('a harness that is slow itself', () => {
  it('does not count the time in which it could not have seen an answer', async () => {
    let slow = true;
    const clock = createVirtualClock();
    const hung: number[] = [];
    // The questions end late at first: as when our own event loop stalls.
    const late = createHangWatch({
      clock,
      isThere: async () => {
        await sleep(clock, (slow ? 9 : 2.5) * SECOND, { daemon: true });
        return false;
      },
      hung: () => hung.push(clock.now() / SECOND),
    });
    const conversation = late.over({
      submit: () => {},
    } as unknown as Conversation);
    clock.touch();
    void submitted(conversation, SENT);
    await clock.run(23 * SECOND);
    slow = false;
    await clock.run(32 * SECOND);
    expect(hung).toEqual([]);
    await clock.run(50 * SECOND);
    expect(hung).toHaveLength(1);
  });
});
