/** Moves time forward, whichever clock a cell has. */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { sleep } from '../../simulators/kernel/clock.ts';
import type { VirtualClock } from '../../simulators/kernel/virtual-clock.ts';

/** How often wall time asks whether to stop early. */
const STEP_MICROS = 50_000;

function isVirtual(clock: Clock): clock is VirtualClock {
  return clock.kind === 'virtual';
}

/** Until an instant, or until `stop` says so. */
export async function advance(
  clock: Clock,
  untilMicros: number,
  stop?: () => boolean,
): Promise<void> {
  if (isVirtual(clock)) {
    await clock.run(untilMicros, stop);
    return;
  }
  while (clock.now() < untilMicros && stop?.() !== true) {
    await sleep(clock, Math.min(STEP_MICROS, untilMicros - clock.now()), { daemon: true });
  }
}

/** Until a promise settles; time goes on meanwhile. Resolves false when the limit came first. */
export async function until(
  clock: Clock,
  work: Promise<unknown>,
  limitMicros: number,
): Promise<boolean> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  const watched = work.then(mark, (error: unknown) => {
    mark();
    throw error;
  });
  if (!isVirtual(clock)) {
    const timeout = sleep(clock, limitMicros, { daemon: true });
    await Promise.race([watched, timeout]);
    return settled;
  }
  // Rejections are rethrown below; this keeps Node from calling them unhandled meanwhile.
  watched.catch(() => {});
  clock.touch();
  await clock.run(clock.now() + limitMicros, () => settled);
  if (settled) await watched;
  return settled;
}
