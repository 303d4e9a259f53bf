import type { Claims } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Channel } from '../../simulators/kernel/words.ts';

/**
 * Channels that are claimed and were used in no cell of the run. No cell alone can tell: each
 * scenario needs some channels only. It fails nothing; a certificate does not cover such a claim.
 */
export function unusedClaims(claims: Claims, cells: readonly CellVerdict[]): Channel[] {
  const judged = cells.filter(
    (cell) => !cell.worldCheck && cell.verdict !== 'not-applicable' && cell.verdict !== 'error',
  );
  if (judged.length === 0) return [];
  return claims.channels.filter((channel) =>
    judged.every((cell) => (cell.counts.dispatched[channel] ?? 0) === 0),
  );
}
