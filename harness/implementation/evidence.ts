/** What an implementation left on disk, read through the tap of implementation-files. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Tap } from '../../simulators/network/tap.ts';

/** Larger files are scanned in pieces that overlap, so that no canary is cut in two. */
const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 4096;

/** Scans every file below `folder` that a pattern names; relative paths only reach the history. */
export function scanFiles(folder: string, patterns: readonly string[], tap: Tap): void {
  for (const path of globSync([...patterns], { cwd: folder }).toSorted()) {
    const file = join(folder, path);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    for (let start = 0; start < Math.max(1, bytes.length); start += PIECE_BYTES) {
      tap.scan(bytes.subarray(start, start + PIECE_BYTES + OVERLAP_BYTES));
    }
  }
}
