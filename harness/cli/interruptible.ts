/** npm, timeout(1) and terminals hand one Ctrl-C over several times, at once. */
const SAME_INTERRUPT_MICROS = 1_000_000;

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
  const stop = (name: NodeJS.Signals): void => {
    firstAt ??= clock.now();
    controller.abort();
    if (clock.now() - firstAt < SAME_INTERRUPT_MICROS) return;
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    process.kill(process.pid, name);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    done: () => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    },
  };
}
