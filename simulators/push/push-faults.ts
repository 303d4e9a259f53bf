/**
 * Faults that only a push service can carry out, because they need its protocol: it asks here, for
 * each push, whether one acts. What faults do to any door is in `network/door-verbs.ts`.
 */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { ComponentState } from '../kernel/words.ts';
import type { FaultLedger, Verb } from '../kernel/target.ts';
import type { Conditions } from '../network/conditions.ts';
import type { RateLimit } from '../network/rate-limit.ts';
import { createRateLimit } from '../network/rate-limit.ts';

const STATES = {
  shutdown: 'down',
  'credentials-refused': 'down',
  'expired-provider-token': 'up',
  quota: 'degraded',
  collapse: 'degraded',
} as const satisfies Record<string, ComponentState>;

export type PushFault = keyof typeof STATES;

/** One fault as it acts. */
export interface ActingFault {
  readonly params: Readonly<Record<string, unknown>>;
  readonly ledger: FaultLedger;
  /** On the clock. */
  readonly sinceMicros: number;
}

export interface PushFaults {
  readonly verbs: Readonly<Record<PushFault, Verb>>;
  /** The fault that began last, or undefined: nearly always. */
  acting(fault: PushFault): ActingFault | undefined;
  /** As `acting`, if it hits this push; the hit is recorded. */
  hits(
    fault: PushFault,
    did: string,
    message: string | undefined,
    wire: string | undefined,
  ): ActingFault | undefined;
}

export function numberIn(fault: ActingFault, name: string, otherwise: number): number {
  const value = fault.params[name];
  return typeof value === 'number' ? value : otherwise;
}

/** `began` is called when one begins, for what has to be done at once. */
export function createPushFaults(
  conditions: Conditions,
  now: () => number,
  began: (fault: PushFault) => void = () => {},
): PushFaults {
  const all = new Map<PushFault, readonly ActingFault[]>();

  const verb =
    (fault: PushFault): Verb =>
    ({ params, ledger }) => {
      const one: ActingFault = { params, ledger, sinceMicros: now() };
      all.set(fault, [...(all.get(fault) ?? []), one]);
      began(fault);
      const state = STATES[fault] === 'down' && ledger.partial ? 'degraded' : STATES[fault];
      const lift = state === 'up' ? undefined : conditions.impose(state, fault, ledger);
      return () => {
        all.set(
          fault,
          (all.get(fault) ?? []).filter((other) => other !== one),
        );
        lift?.();
      };
    };

  const acting = (fault: PushFault): ActingFault | undefined =>
    all.size === 0 ? undefined : all.get(fault)?.at(-1);

  return {
    verbs: {
      shutdown: verb('shutdown'),
      'credentials-refused': verb('credentials-refused'),
      'expired-provider-token': verb('expired-provider-token'),
      quota: verb('quota'),
      collapse: verb('collapse'),
    },
    acting,
    hits: (fault, did, message, wire) => {
      const found = acting(fault);
      if (found === undefined || !found.ledger.hits(message)) return undefined;
      found.ledger.touched(did, message, wire);
      return found;
    },
  };
}

export interface PhoneQuotas {
  /** µs until the fault `quota` takes the next push for this phone; 0 when it takes this one. */
  take(device: string, message: string | undefined, wire: string): number;
}

/** Carries out the fault `quota`, with a limit of its own for each phone. */
export function createPhoneQuotas(faults: PushFaults, now: () => number): PhoneQuotas {
  const limits = new WeakMap<ActingFault, Map<string, RateLimit>>();

  const limitOf = (fault: ActingFault, device: string): RateLimit => {
    const known = limits.get(fault) ?? new Map<string, RateLimit>();
    limits.set(fault, known);
    const limit = known.get(device) ?? createRateLimit(numberIn(fault, 'per-device', 0));
    known.set(device, limit);
    return limit;
  };

  return {
    take: (device, message, wire) => {
      const fault = faults.acting('quota');
      if (fault === undefined || limitOf(fault, device).take(now())) return 0;
      if (!fault.ledger.hits(message)) return 0;
      fault.ledger.touched(`refused it: too many for ${device}`, message, wire);
      return numberIn(fault, 'retry-after', MICROS_PER_SECOND);
    },
  };
}
