/** The line between the implementation and a service, while it is cut. */
import type { Clock } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';
import type { Conditions } from './conditions.ts';
import type { Network } from './wire.ts';

const USUAL_TIMEOUT_MICROS = 30 * MICROS_PER_SECOND;

/** What the implementation asks of the service is never answered. */
export function partitioned(conditions: Conditions): Verb {
  return ({ ledger }) => {
    const outage = conditions.verbs['outage'];
    return outage?.({ params: { mode: 'black-hole' }, ledger }) ?? ((): void => {});
  };
}

export interface SeverableCalls {
  readonly call: Network['call'];
  cut(ledger: FaultLedger): Lift;
}

/** Calls of a service to the implementation: cut off, each waits for its time and fails. */
export function createSeverableCalls(call: Network['call'], clock: Clock): SeverableCalls {
  let cuts: readonly FaultLedger[] = [];
  return {
    call: (request, told) => {
      const ledger = cuts.find((each) => each.hits(undefined));
      if (ledger === undefined) {
        call(request, told);
        return;
      }
      ledger.touched('kept a callback from the implementation');
      const failure = { kind: 'failure', reason: 'ETIMEDOUT', handed: false } as const;
      clock.after(request.timeoutMicros ?? USUAL_TIMEOUT_MICROS, () => told(failure));
    },
    cut: (ledger) => {
      cuts = [...cuts, ledger];
      return () => {
        cuts = cuts.filter((other) => other !== ledger);
      };
    },
  };
}
