import type { ModuleClock } from 'bellwether/module';

/** What a promise that took too long is worth. */
export const TIMED_OUT = Symbol('timed out');

/** Waits for `work`, but not longer than `limitMs`; the work itself is not stopped. */
export function within<T>(
  clock: ModuleClock,
  limitMs: number,
  work: Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(TIMED_OUT));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

export function sleep(clock: ModuleClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
