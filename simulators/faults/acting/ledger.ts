import type { History } from '../../kernel/history.ts';
import type { FaultPlan, FaultSelection } from '../../kernel/plan.ts';
import type { Random } from '../../kernel/random.ts';
import type { FaultLedger } from '../../kernel/target.ts';

export interface LedgerOptions {
  readonly plan: Pick<FaultPlan, 'name' | 'select' | 'of'>;
  readonly history: Pick<History, 'append'>;
  /** A fork of its own, so that a share's draws change nothing else. */
  readonly random: Random;
}

/** Message ids are `<traffic>-<n>`. */
export function isOfTraffic(message: string, traffic: string): boolean {
  if (!message.startsWith(`${traffic}-`)) return false;
  return /^\d+$/.test(message.slice(traffic.length + 1));
}

/** Decides the nth candidate (from 1). */
function selects(select: FaultSelection, candidate: number, random: Random): boolean {
  switch (select.kind) {
    case 'all':
      return true;
    case 'share':
      return random.chance(select.share);
    case 'first':
      return candidate <= select.count;
    case 'every':
      return candidate % select.nth === 0;
  }
}

/**
 * The ledger of one planned fault: which requests it hits, and the record of each hit. With `of`, a
 * request counts as a candidate only when the door could tell that its message is of that traffic.
 */
export function createFaultLedger({ plan, history, random }: LedgerOptions): FaultLedger {
  let candidates = 0;
  return {
    fault: plan.name,
    partial: plan.select.kind !== 'all' || plan.of !== null,
    hits: (message) => {
      if (plan.of !== null && (message === undefined || !isOfTraffic(message, plan.of))) {
        return false;
      }
      candidates++;
      return selects(plan.select, candidates, random);
    },
    touched: (did, message, wire) => {
      history.append({
        kind: 'fault.touched',
        fault: plan.name,
        did,
        ...(message !== undefined && { message }),
        ...(wire !== undefined && { wire }),
      });
    },
  };
}
