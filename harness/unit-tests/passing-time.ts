/**
 * How time passes in a world that somebody else's test drives. Virtual time stands still while that
 * test's own code runs, however long it takes, and moves only where an answer or the test waits for
 * it; so nothing is slow, and nothing happens that the test does not wait for.
 */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import type { VirtualClock } from '../../simulators/kernel/virtual-clock.ts';

export interface PassingTime {
  /** Waits for an answer of the world: whoever asked cannot go on without. */
  answer<T>(work: Promise<T>): Promise<T>;
  /** Code of the test's side runs, a webhook: what comes of it belongs to this instant. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  /** True as soon as `done`; false when the limit came first, or nothing is left to happen. */
  until(done: () => boolean, limitMicros: number): Promise<boolean>;
  /** So much time passes, whatever happens in it. */
  advance(micros: number): Promise<void>;
}

interface Wish {
  readonly done: () => boolean;
  readonly deadlineMicros: number;
  /** Even while code of the test's side runs: it may be the one that waits. */
  readonly urgent: boolean;
  readonly granted: (done: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** Longest that an answer is waited for; an unanswered request stays so. */
const ANSWER_LIMIT_MICROS = 3_600 * MICROS_PER_SECOND;
const LOOK_MICROS = 5 * MICROS_PER_MILLI;

/** `atRest`: nothing is left to happen by itself. */
export function virtualTime(clock: VirtualClock, atRest: () => boolean): PassingTime {
  const wishes = new Set<Wish>();
  let outside = 0;
  let running = false;

  const settled = (): void => {
    for (const wish of wishes) {
      const done = wish.done();
      if (!done && clock.now() < wish.deadlineMicros) continue;
      wishes.delete(wish);
      wish.granted(done);
    }
  };
  /** Whose time may pass now. */
  const able = (): Wish[] => [...wishes].filter(({ urgent }) => urgent || outside === 0);

  const pump = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      for (;;) {
        // What was begun in this instant ends in it.
        await clock.run(clock.now());
        settled();
        const pending = able();
        if (pending.length === 0) return;
        const until = Math.min(...pending.map(({ deadlineMicros }) => deadlineMicros));
        const seen = wishes.size;
        const blocked = outside;
        await clock.run(until, () => {
          const changed = wishes.size !== seen || outside !== blocked;
          return changed || pending.some(({ done }) => done());
        });
      }
    } catch (error) {
      for (const wish of wishes) wish.failed(error);
      wishes.clear();
    } finally {
      running = false;
    }
  };

  const wish = (done: () => boolean, limitMicros: number, urgent: boolean): Promise<boolean> =>
    new Promise((granted, failed) => {
      wishes.add({ done, deadlineMicros: clock.now() + limitMicros, urgent, granted, failed });
      void pump();
    });

  return {
    answer: async (work) => {
      let over = false;
      const mark = (): void => {
        over = true;
      };
      work.then(mark, mark);
      await wish(() => over, ANSWER_LIMIT_MICROS, true);
      return work;
    },
    outside: async (work) => {
      outside++;
      try {
        return await work();
      } finally {
        outside--;
        clock.touch();
        void pump();
      }
    },
    until: async (done, limitMicros) => {
      await wish(() => done() || (outside === 0 && atRest()), limitMicros, false);
      return done();
    },
    advance: async (micros) => {
      await wish(() => false, micros, false);
    },
  };
}

export function wallTime(clock: Clock, atRest: () => boolean): PassingTime {
  let outside = 0;
  return {
    answer: (work) => work,
    outside: async (work) => {
      outside++;
      try {
        return await work();
      } finally {
        outside--;
      }
    },
    until: async (done, limitMicros) => {
      const ends = clock.now() + limitMicros;
      while (!done() && clock.now() < ends) {
        if (outside === 0 && atRest()) break;
        await sleep(clock, LOOK_MICROS, { daemon: true });
      }
      return done();
    },
    advance: (micros) => sleep(clock, micros, { daemon: true }),
  };
}
