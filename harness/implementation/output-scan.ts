/**
 * Output reaches us cut anywhere; the tap must see whole lines, or a canary cut in two is missed.
 */
import type { Tap } from '../../simulators/network/tap.ts';

/** An unfinished line longer than this is scanned as it is, with the end of it once more. */
const LINE_BYTES = 64 * 1024;
const OVERLAP_BYTES = 4 * 1024;
const LINE_FEED = 10;

export interface OutputScan {
  take(stream: string, chunk: Buffer): void;
  /** Scans what is left of unfinished lines. */
  flush(): void;
}

export function createOutputScan(tap: Tap): OutputScan {
  const unfinished = new Map<string, Buffer>();
  return {
    take: (stream, chunk) => {
      const before = unfinished.get(stream);
      const bytes = before === undefined ? chunk : Buffer.concat([before, chunk]);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) tap.scan(bytes.subarray(0, end));
      const rest = bytes.subarray(end);
      if (rest.length <= LINE_BYTES) {
        unfinished.set(stream, rest);
        return;
      }
      tap.scan(rest);
      unfinished.set(stream, rest.subarray(rest.length - OVERLAP_BYTES));
    },
    flush: () => {
      for (const rest of unfinished.values()) if (rest.length > 0) tap.scan(rest);
      unfinished.clear();
    },
  };
}
