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
  /**
   * True as soon as `done`; false when the limit came first, or nothing is left to happen and the
   * test's side has asked for nothing more for `patienceMicros` of the machine's time.
   */
  until(done: () => boolean, limitMicros: number, patienceMicros: number): Promise<boolean>;
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
/** The test's side is taken to have said what it has to say when it was silent for so long. */
const QUIET_MICROS = 20 * MICROS_PER_MILLI;

/** What time is told of the world, and of the machine. */
export interface TimeOptions {
  /** Nothing is left to happen by itself. */
  readonly atRest: () => boolean;
  /** Grows with everything that happens: a request of the test's side shows in it. */
  readonly activity: () => number;
  /** The machine's own time, in which the test's side works. */
  readonly wall: Clock;
}

/**
 * What the code under test does after its own answer (in the background, between two requests) the
 * world cannot see: it only sees that nothing comes.
 */
function listening({ activity, wall }: TimeOptions) {
  return {
    /** Until nothing has come for a moment. */
    quiet: async (): Promise<void> => {
      for (let seen = -1; seen !== activity();) {
        seen = activity();
        await sleep(wall, QUIET_MICROS);
      }
    },
    /** True as soon as something comes, or `done`; false when nothing has come for so long. */
    stirs: async (done: () => boolean, patienceMicros: number): Promise<boolean> => {
      const seen = activity();
      const ends = wall.now() + patienceMicros;
      while (wall.now() < ends) {
        if (done() || activity() !== seen) return true;
        await sleep(wall, LOOK_MICROS);
      }
      return false;
    },
  };
}

export function virtualTime(clock: VirtualClock, options: TimeOptions): PassingTime {
  const { atRest } = options;
  const { quiet, stirs } = listening(options);
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
    until: async (done, limitMicros, patienceMicros) => {
      const ends = clock.now() + limitMicros;
      while (!done() && clock.now() < ends) {
        await quiet();
        const over = (): boolean => done() || (outside === 0 && atRest());
        await wish(over, ends - clock.now(), false);
        if (done() || clock.now() >= ends) break;
        if (!(await stirs(done, patienceMicros))) break;
      }
      return done();
    },
    advance: async (micros) => {
      await wish(() => false, micros, false);
    },
  };
}

export function wallTime(clock: Clock, options: TimeOptions): PassingTime {
  const { atRest } = options;
  const { stirs } = listening(options);
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
    until: async (done, limitMicros, patienceMicros) => {
      const ends = clock.now() + limitMicros;
      while (!done() && clock.now() < ends) {
        await sleep(clock, LOOK_MICROS, { daemon: true });
        const resting = outside === 0 && atRest();
        if (resting && !(await stirs(done, patienceMicros))) break;
      }
      return done();
    },
    advance: (micros) => sleep(clock, micros, { daemon: true }),
  };
}
