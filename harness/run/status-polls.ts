/** Asks what became of messages, ever more rarely; what falls due together is asked together. */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';

const GROWTH = 2;
const LONGEST_MICROS = 30 * MICROS_PER_SECOND;
/**
 * In virtual time polls wait for the next of so many instants an interval, so that thousands of
 * them are a few rounds. Over sockets each has its own instant: a burst would be a load of its own.
 */
const ROUNDS_AN_INTERVAL = 20;

export interface StatusPolls<T> {
  /** The first time after one interval. */
  watch(one: T): void;
  /** No new polls. */
  stop(): void;
}

export interface StatusPollOptions<T> {
  readonly clock: Clock;
  /** null: nothing is ever asked. */
  readonly everyMicros: number | null;
  /** `again` is called when the answer is there, unless nothing more is to be heard. */
  readonly ask: (one: T, again: () => void) => void;
}

export function createStatusPolls<T>(options: StatusPollOptions<T>): StatusPolls<T> {
  const { clock, everyMicros, ask } = options;
  const grainMicros =
    everyMicros === null || clock.kind === 'wall'
      ? 1
      : Math.max(1, Math.floor(everyMicros / ROUNDS_AN_INTERVAL));
  const rounds = new Map<number, (() => void)[]>();
  let polling = everyMicros !== null;

  const roundAt = (atMicros: number): (() => void)[] => {
    const known = rounds.get(atMicros);
    if (known !== undefined) return known;
    const round: (() => void)[] = [];
    rounds.set(atMicros, round);
    const task = (): void => {
      rounds.delete(atMicros);
      for (const look of round) if (polling) look();
    };
    clock.after(atMicros - clock.now(), task, { daemon: true });
    return round;
  };

  return {
    watch: (one) => {
      if (everyMicros === null) return;
      let waitMicros = everyMicros;
      const wait = (): void => {
        if (!polling) return;
        const due = clock.now() + waitMicros;
        roundAt(Math.ceil(due / grainMicros) * grainMicros).push(look);
      };
      const again = (): void => {
        waitMicros = Math.min(LONGEST_MICROS, waitMicros * GROWTH);
        wait();
      };
      const look = (): void => ask(one, again);
      wait();
    },
    stop: () => {
      polling = false;
    },
  };
}
