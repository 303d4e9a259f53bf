import type { Claims } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Channel } from '../../simulators/kernel/words.ts';

/** Cells in which the implementation took part. */
function played(cells: readonly CellVerdict[]): CellVerdict[] {
  return cells.filter(
    (cell) => !cell.worldCheck && cell.verdict !== 'not-applicable' && cell.verdict !== 'error',
  );
}

/**
 * Channels that are claimed and were used in no cell of the run. No cell alone can tell: each
 * scenario needs some channels only. It fails nothing; a certificate does not cover such a claim.
 */
export function unusedClaims(claims: Claims, cells: readonly CellVerdict[]): Channel[] {
  const judged = played(cells);
  if (judged.length === 0) return [];
  return claims.channels.filter((channel) =>
    judged.every((cell) => (cell.counts.dispatched[channel] ?? 0) === 0),
  );
}

/** Patterns of `evidence.files` that no file fitted in any cell of the run. It fails nothing. */
export function unmatchedFiles(cells: readonly CellVerdict[]): readonly string[] {
  const [first, ...others] = played(cells).map((cell) => cell.unmatchedFiles ?? []);
  return (first ?? []).filter((pattern) => others.every((other) => other.includes(pattern)));
}
