/** APNs' answers, on the wire and in the history. */
import type { DoorOutcome } from '../kernel/events.ts';
import type { ApnsReason } from '../protocol/apns/reasons.ts';
import { APNS_REASONS, apnsErrorBody } from '../protocol/apns/reasons.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { phoneBusy, retryAfterSeconds, serviceBroken, serviceBusy } from './push-door.ts';

export const COMPONENT = 'push/apns';

function outcomeOf(status: number): DoorOutcome {
  if (status === 403) return 'unauthorized';
  if (status === 410) return 'unavailable';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'failed' : 'rejected';
}

/** Apple's reason for an error status that a fault asks for. */
function brokenReason(status: number): ApnsReason {
  return status === 503 ? 'ServiceUnavailable' : 'InternalServerError';
}

export function accepted(id: string): PushAnswer {
  return {
    status: 200,
    headers: { 'apns-id': id },
    body: '',
    outcome: 'accepted',
    word: '200 OK',
  };
}

export function refuse(
  id: string,
  reason: ApnsReason,
  facts: Partial<PushAnswer> = {},
): PushAnswer {
  const status = APNS_REASONS[reason];
  return {
    status,
    headers: { 'apns-id': id, 'content-type': 'application/json' },
    body: apnsErrorBody(reason),
    outcome: outcomeOf(status),
    word: `${status} ${reason}`,
    ...facts,
  };
}

/** The servers go away: the connection ends in good order, and its reason stands in GOAWAY too. */
export function shuttingDown(id: string): PushAnswer {
  const meaning = serviceBroken(COMPONENT);
  return refuse(id, 'Shutdown', { meaning, goaway: apnsErrorBody('Shutdown') });
}

/** Too many for one phone; Apple tells no time to wait. */
export function tooManyForPhone(id: string, device: string, waitMicros: number): PushAnswer {
  return refuse(id, 'TooManyRequests', { meaning: phoneBusy(device, waitMicros) });
}

/** What faults make of any call. */
export function failures(id: string): Pick<PushCall, 'broken' | 'throttled'> {
  return {
    broken: (status) => {
      const reason = brokenReason(status);
      const meaning = serviceBroken(COMPONENT);
      return refuse(id, reason, { status, word: `${status} ${reason}`, meaning });
    },
    throttled: (retryAfterMicros) =>
      refuse(id, 'TooManyRequests', {
        headers: {
          'apns-id': id,
          'content-type': 'application/json',
          'retry-after': retryAfterSeconds(retryAfterMicros),
        },
        meaning: serviceBusy(COMPONENT, retryAfterMicros),
        retryAfterMicros,
      }),
  };
}
