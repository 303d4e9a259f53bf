/** What faults do to receipts: lost, late, more than once, or untrue. */
import type { Random } from '../kernel/random.ts';
import { BellwetherError } from '../kernel/errors.ts';
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';
import { delayDistribution, drawDelay } from '../network/delay.ts';

export type ReceiptTreatment =
  | { readonly drop: true }
  /** One entry a copy: how long after now. */
  | { readonly drop: false; readonly delaysMicros: readonly number[] };

export interface ReceiptFaults {
  /** drop, delay, duplicate, false-receipt */
  readonly verbs: Readonly<Record<string, Verb>>;
  /** Undefined when no fault has a part in this one. */
  meet(message: string | undefined, wire: string): ReceiptTreatment | undefined;
  /** Should the centre claim that this submission, just taken, was delivered? */
  liesDelivered(message: string | undefined, wire: string, key: string): boolean;
  liesFailed(message: string | undefined, wire: string): boolean;
  hasLied(key: string): boolean;
  /** True when it had lied about this one. */
  forgetLie(key: string): boolean;
}

interface Acting {
  readonly verb: 'drop' | 'delay' | 'duplicate' | 'false-receipt';
  readonly ledger: FaultLedger;
  /** delay */
  readonly delay?: () => number;
  /** duplicate */
  readonly copies?: number;
  readonly laterMicros?: number;
  /** false-receipt */
  readonly says?: string;
}

/** Copies of one receipt at most, whatever was asked for. */
const MOST_COPIES = 100;
/** Lies remembered; a message that never ends would be kept for good. */
const MOST_LIES = 100_000;

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

export function createReceiptFaults(random: Random): ReceiptFaults {
  let active: readonly Acting[] = [];
  const lies = new Set<string>();

  const start = (one: Acting): Lift => {
    active = [...active, one];
    return () => {
      active = active.filter((other) => other !== one);
    };
  };

  const verbs: Record<string, Verb> = {
    drop: ({ ledger }) => start({ verb: 'drop', ledger }),
    delay: ({ params, ledger }) => {
      const distribution = delayDistribution(params['by']);
      return start({ verb: 'delay', ledger, delay: () => drawDelay(distribution, random) });
    },
    duplicate: ({ params, ledger }) => {
      const copies = Math.min(MOST_COPIES, numberOf(params['times'], 1));
      const laterMicros = numberOf(params['pause'], 0);
      return start({ verb: 'duplicate', ledger, copies, laterMicros });
    },
    'false-receipt': ({ params, ledger }) => {
      const { says } = params as { readonly says?: unknown };
      if (says !== 'delivered' && says !== 'failed') {
        throw new BellwetherError('The fault lacks its parameter says', {
          code: 'WORLD_FAULT_PARAMETER',
          blame: 'harness',
        });
      }
      return start({ verb: 'false-receipt', ledger, says });
    },
  };

  const tells = (says: string, message: string | undefined, wire: string): boolean => {
    for (const one of active) {
      if (one.verb !== 'false-receipt' || one.says !== says || !one.ledger.hits(message)) continue;
      one.ledger.touched(`reported it ${says}, which it was not`, message, wire);
      return true;
    }
    return false;
  };

  const meetAll = (message: string | undefined, wire: string): ReceiptTreatment | undefined => {
    let delayMicros = 0;
    let copies = 0;
    let laterMicros = 0;
    let touched = false;
    for (const one of active) {
      if (one.verb === 'false-receipt' || !one.ledger.hits(message)) continue;
      if (one.verb === 'drop') {
        one.ledger.touched('dropped its receipt', message, wire);
        return { drop: true };
      }
      touched = true;
      if (one.verb === 'delay') {
        const own = one.delay?.() ?? 0;
        delayMicros += own;
        const did = `delayed its receipt by ${Math.round(own / 1_000)} ms`;
        one.ledger.touched(did, message, wire);
        continue;
      }
      copies += one.copies ?? 0;
      laterMicros = Math.max(laterMicros, one.laterMicros ?? 0);
      one.ledger.touched(`repeated its receipt ${one.copies} times`, message, wire);
    }
    if (!touched) return undefined;
    const delaysMicros = Array.from(
      { length: 1 + copies },
      (_, index) => delayMicros + index * laterMicros,
    );
    return { drop: false, delaysMicros };
  };

  return {
    verbs,
    meet: (message, wire) => (active.length === 0 ? undefined : meetAll(message, wire)),
    liesDelivered: (message, wire, key) => {
      if (active.length === 0 || !tells('delivered', message, wire)) return false;
      if (lies.size < MOST_LIES) lies.add(key);
      return true;
    },
    liesFailed: (message, wire) => active.length > 0 && tells('failed', message, wire),
    hasLied: (key) => lies.has(key),
    // Asked of each message that ends; most centres never lie.
    forgetLie: (key) => lies.size > 0 && lies.delete(key),
  };
}
