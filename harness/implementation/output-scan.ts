/**
 * Output reaches us cut anywhere; the tap must see whole lines, or a canary cut in two is missed.
 * Looking takes longer than reading: a program that floods its output would wait for us in its own
 * writes, and look as if it never got ready. So what is read is looked at later, piece by piece.
 */
import type { Tap } from '../../simulators/network/tap.ts';

/** An unfinished line longer than this is scanned as it is, with the end of it once more. */
const LINE_BYTES = 64 * 1024;
const OVERLAP_BYTES = 4 * 1024;
const LINE_FEED = 10;

export interface OutputScan {
  take(stream: string, chunk: Buffer): void;
  /** What is left of unfinished lines is whole: nothing more comes of them. */
  end(): void;
  /** Resolves when everything has been looked at. */
  finish(): Promise<void>;
}

/** `pause` gives others a turn between two pieces. */
export function createOutputScan(tap: Tap, pause: () => Promise<void>): OutputScan {
  const unfinished = new Map<string, Buffer>();
  const waiting: Buffer[] = [];
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    for (;;) {
      await pause();
      const piece = waiting.shift();
      if (piece === undefined) break;
      tap.scan(piece);
    }
    looking = undefined;
  };
  const add = (piece: Buffer): void => {
    waiting.push(piece);
    looking ??= look();
  };

  return {
    take: (stream, chunk) => {
      const before = unfinished.get(stream);
      const bytes = before === undefined ? chunk : Buffer.concat([before, chunk]);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) add(bytes.subarray(0, end));
      const rest = bytes.subarray(end);
      if (rest.length <= LINE_BYTES) {
        unfinished.set(stream, rest);
        return;
      }
      add(rest);
      unfinished.set(stream, rest.subarray(rest.length - OVERLAP_BYTES));
    },
    end: () => {
      for (const rest of unfinished.values()) if (rest.length > 0) add(rest);
      unfinished.clear();
    },
    finish: async () => {
      await looking;
    },
  };
}
