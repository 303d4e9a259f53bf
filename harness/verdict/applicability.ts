import type { Claims } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { closedWorld } from './claimed-world.ts';

/** The required claims (`channel/rcs-e2ee`, `sms/smpp`, `idempotency`) that are not made. */
export function missingClaims(requires: readonly string[], claims: Claims): string[] {
  const made = new Set<string>([
    ...claims.channels.map((word) => `channel/${word}`),
    ...claims.gateways.map((word) => `gateway/${word}`),
    ...claims.sms.map((word) => `sms/${word}`),
    ...claims.push.map((word) => `push/${word}`),
    ...claims.callbacks.map((word) => `callbacks/${word}`),
    ...(claims.idempotency ? ['idempotency'] : []),
    ...(claims.attachments === true ? ['attachments'] : []),
    ...(claims.archive === true ? ['archive'] : []),
  ]);
  return requires.filter((word) => !made.has(word));
}

/** One sentence; undefined when the cell is to run. */
function whyNot(cell: Cell, claims: Claims): string | undefined {
  const missing = missingClaims(cell.requires, claims);
  if (missing.length > 0) return `The implementation does not claim ${missing.join(', ')}.`;
  return closedWorld(cell, claims);
}

/** The verdict of a cell that is not run because of what is not claimed; null when it is to run. */
export function notApplicable(cell: Cell, claims: Claims): CellVerdict | null {
  const why = cell.worldCheck ? undefined : whyNot(cell, claims);
  if (why === undefined) return null;
  return {
    cell: cell.id,
    scenario: cell.scenario,
    verdict: 'not-applicable',
    why,
    level: cell.level,
    worldCheck: cell.worldCheck,
    rules: [],
    expectations: [],
    faults: [],
    latency: [],
    breakdown: [],
    counts: NO_COUNTS,
    messages: [],
    notes: [],
  };
}
