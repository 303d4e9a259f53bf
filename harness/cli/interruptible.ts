/** npm, timeout(1) and terminals hand one Ctrl-C over several times, at once. */
const SAME_INTERRUPT_MICROS = 1_000_000;

/** Ctrl-C, an orderly kill, and a terminal that closes. */
export const INTERRUPTS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * A first Ctrl-C ends the run in order (history kept, everything stopped); a second one, later,
 * is the shell's.
 */
export function interruptible(clock: { now: () => number }): {
  signal: AbortSignal;
  done: () => void;
} {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const done = (): void => {
    for (const name of INTERRUPTS) process.removeListener(name, stop);
  };
  const stop = (name: NodeJS.Signals): void => {
    firstAt ??= clock.now();
    controller.abort();
    if (clock.now() - firstAt < SAME_INTERRUPT_MICROS) return;
    done();
    process.kill(process.pid, name);
  };
  for (const name of INTERRUPTS) process.on(name, stop);
  return { signal: controller.signal, done };
}
