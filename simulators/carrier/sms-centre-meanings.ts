/** What an SMS centre's answers and receipts tell the implementation about the world. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Meaning } from '../kernel/events.ts';
import type { Channel } from '../kernel/words.ts';

/** A short message carries either content or a link. */
const BOTH = ['sms', 'secure-link'] as const satisfies readonly Channel[];

/** After ESME_RTHROTTLED and ESME_RMSGQFUL, which name no time. */
export const THROTTLED_MICROS = MICROS_PER_SECOND;
/** After ESME_RSYSERR, a broken or a refused connection. */
export const BROKEN_MICROS = 60 * MICROS_PER_SECOND;

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
