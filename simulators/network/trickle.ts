import type { Clock } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';

/** Pieces are written so often at most. */
const STEP_MICROS = 100_000;

interface Sink {
  readonly destroyed: boolean;
  write(octets: Uint8Array): unknown;
}

/** Writes a body piece by piece, so many bytes a second; then `done`, or never if it is broken. */
export function trickle(
  clock: Pick<Clock, 'after'>,
  sink: Sink,
  octets: Uint8Array,
  bytesPerSecond: number,
  done: () => void,
): void {
  const piece = Math.max(1, Math.round((bytesPerSecond * STEP_MICROS) / MICROS_PER_SECOND));
  let at = 0;
  const step = (): void => {
    if (sink.destroyed) return;
    if (at >= octets.length) {
      done();
      return;
    }
    const bytes = Math.min(piece, octets.length - at);
    const micros = Math.round((bytes / bytesPerSecond) * MICROS_PER_SECOND);
    const write = (): void => {
      if (sink.destroyed) return;
      sink.write(octets.subarray(at, at + bytes));
      at += bytes;
      step();
    };
    clock.after(micros, write, { daemon: true });
  };
  step();
}
