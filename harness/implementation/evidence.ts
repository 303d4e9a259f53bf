/** What an implementation left on disk, read through the tap of implementation-files. */
import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Tap } from '../../simulators/network/tap.ts';

/** Larger files are scanned in pieces that overlap, so that no canary is cut in two. */
const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 4096;

function scanFile(file: string, tap: Tap): void {
  const piece = Buffer.allocUnsafe(PIECE_BYTES + OVERLAP_BYTES);
  const handle = openSync(file, 'r');
  try {
    for (let start = 0; ; start += PIECE_BYTES) {
      const length = readSync(handle, piece, 0, piece.length, start);
      if (length > 0 || start === 0) tap.scan(piece.subarray(0, length));
      if (length < piece.length) return;
    }
  } finally {
    closeSync(handle);
  }
}

/** Scans every file below `folder` that a pattern names; relative paths only reach the history. */
export function scanFiles(folder: string, patterns: readonly string[], tap: Tap): void {
  for (const path of globSync([...patterns], { cwd: folder }).toSorted()) {
    const file = join(folder, path);
    // A link that leads nowhere, a socket, a pipe: nothing to read.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) scanFile(file, tap);
  }
}
