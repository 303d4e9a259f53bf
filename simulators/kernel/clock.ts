/**
 * The only source of time. Everything is in integer microseconds since the cell began; protocol
 * dates come from `epochMillis`. Two clocks share the interface: virtual (discrete events, the same
 * trace byte for byte) and wall.
 */
export interface Timer {
  cancel(): void;
}

export interface TimerOptions {
  /** A daemon timer (a poll, a keep-alive) does not keep the world from being quiescent. */
  readonly daemon?: boolean;
}

/** An object that is there anyway, in place of a closure: of some, thousands wait at a time. */
export interface Due {
  due(): void;
}

/** What a timer runs. */
export type Task = (() => void) | Due;

export function runTask(task: Task): void {
  if (typeof task === 'function') task();
  else task.due();
}

export interface Clock {
  readonly kind: 'virtual' | 'wall';
  /** Microseconds since the cell began; monotonic, an integer. */
  now(): number;
  /** Milliseconds since the Unix epoch; in virtual time the cell begins at 2026-01-01T00:00:00Z. */
  epochMillis(): number;
  /** Runs `task` after `delayMicros` (0 = later in this instant). */
  after(delayMicros: number, task: Task, options?: TimerOptions): Timer;
  /**
   * Says that promise work was just started. In virtual time the clock then lets every microtask
   * run before time moves on; in wall time it does nothing.
   */
  touch(): void;
  /** Non-daemon timers not yet fired. */
  readonly pending: number;
}

export const VIRTUAL_EPOCH_MS = 1_767_225_600_000;

/** Resolves after `delayMicros` on the given clock. */
export function sleep(clock: Clock, delayMicros: number, options?: TimerOptions): Promise<void> {
  return new Promise((resolve) => {
    clock.after(
      delayMicros,
      () => {
        clock.touch();
        resolve();
      },
      options,
    );
  });
}

export const MICROS_PER_MILLI = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
