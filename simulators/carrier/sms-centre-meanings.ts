/** What an SMS centre's answers and receipts tell the implementation about the world. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { DoorOutcome, Meaning } from '../kernel/events.ts';
import type { Channel } from '../kernel/words.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';

/** A short message carries either content or a link. */
const BOTH = ['sms', 'secure-link'] as const satisfies readonly Channel[];

/** After ESME_RTHROTTLED and ESME_RMSGQFUL, which name no time. */
const THROTTLED_MICROS = MICROS_PER_SECOND;
/** After ESME_RSYSERR, a broken or a refused connection. */
export const BROKEN_MICROS = 60 * MICROS_PER_SECOND;
/** After ESME_RX_T_APPN: what the recipient's side cannot take just now. */
const TEMPORARY_MICROS = 10 * MICROS_PER_SECOND;

export function busy(component: string, holds: number): readonly Meaning[] {
  return [{ channels: BOTH, scope: { component }, says: 'busy', holds }];
}

/** A successful bind ends what a broken or refused connection had told. */
export function bindable(component: string): readonly Meaning[] {
  return [{ channels: BOTH, scope: { component }, says: 'available', holds: 0 }];
}

/** An EXPIRED or UNDELIV receipt: this message will not arrive. */
export function notThisMessage(person: string): readonly Meaning[] {
  return [{ channels: BOTH, scope: { person }, says: 'unavailable', holds: 'message' }];
}

/** The same for everybody: the outcome in the words of all doors, and what it lets one know. */
export interface RefusalMeaning {
  readonly outcome: DoorOutcome;
  readonly meaning: readonly Meaning[] | undefined;
}

/**
 * What a refused submission means (SMPP 3.4 §5.1.3): slow down; the centre is broken; this
 * recipient not now; this message never. `person` is undefined for a number that is nobody's.
 */
export function refusalMeaning(
  status: number,
  component: string,
  person: string | undefined,
): RefusalMeaning {
  const never = person === undefined ? undefined : notThisMessage(person);
  switch (status) {
    case COMMAND_STATUS.ESME_RTHROTTLED:
    case COMMAND_STATUS.ESME_RMSGQFUL:
      return { outcome: 'throttled', meaning: busy(component, THROTTLED_MICROS) };
    case COMMAND_STATUS.ESME_RSYSERR:
    case COMMAND_STATUS.ESME_RUNKNOWNERR:
      return { outcome: 'failed', meaning: busy(component, BROKEN_MICROS) };
    case COMMAND_STATUS.ESME_RX_T_APPN: {
      if (person === undefined) return { outcome: 'failed', meaning: undefined };
      const scope = { person };
      const meaning = [{ channels: BOTH, scope, says: 'busy', holds: TEMPORARY_MICROS }] as const;
      return { outcome: 'failed', meaning };
    }
    // Says neither why nor for how long: this message has failed here, and may be tried again.
    case COMMAND_STATUS.ESME_RSUBMITFAIL:
    case COMMAND_STATUS.ESME_RDELIVERYFAILURE:
      return { outcome: 'failed', meaning: never };
    case COMMAND_STATUS.ESME_RINVDSTADR:
    case COMMAND_STATUS.ESME_RX_P_APPN:
    case COMMAND_STATUS.ESME_RX_R_APPN:
      return { outcome: 'rejected', meaning: never };
    default:
      return { outcome: 'rejected', meaning: undefined };
  }
}
